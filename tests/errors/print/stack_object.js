const e = new Error('x'); e.stack = { a: 1 }; console.log(e);
