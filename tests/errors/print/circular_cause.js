const e = new Error('x'); e.cause = e; console.log(e);
