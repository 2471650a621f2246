Object.fromEntries([1]);
