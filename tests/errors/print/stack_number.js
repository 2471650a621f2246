const e = new Error('x'); e.stack = 42; console.log(e);
