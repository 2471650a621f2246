Object.defineProperty({}, 'a', { get: 1 });
