Promise();
