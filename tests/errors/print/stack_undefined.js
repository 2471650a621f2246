const e = new Error('x'); e.stack = undefined; console.log(e);
