const e = new Error('x'); e.errors = 5; console.log(e);
