const e = new Error('x'); delete e.stack; console.log(e);
