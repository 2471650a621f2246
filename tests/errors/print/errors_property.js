const e = new Error('x'); e.errors = [new Error('y')]; console.log(e);
