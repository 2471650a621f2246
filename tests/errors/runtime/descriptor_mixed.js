Object.defineProperty({}, 'a', { get() {}, value: 1 });
