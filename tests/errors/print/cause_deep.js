console.log(new Error('a', { cause: new TypeError('b', { cause: new RangeError('c') }) }));
