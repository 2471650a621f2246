const o = { [Symbol.iterator]() { return 1; } };
[...o];
