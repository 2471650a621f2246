new Map([1]);
