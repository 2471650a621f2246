Object.defineProperty({}, 'a', 1);
