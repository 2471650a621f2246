JSON.stringify({ a: 1n });
