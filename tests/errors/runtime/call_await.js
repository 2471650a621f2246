(async () => { (await 1)(); })();
