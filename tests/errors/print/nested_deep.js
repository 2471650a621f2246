console.log({ a: { b: { c: new Error('deep') } } });
