Object.defineProperties({}, { a: 1 });
