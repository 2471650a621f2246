new Promise();
