Symbol.keyFor(1);
