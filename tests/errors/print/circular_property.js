const e = new Error('x'); e.self = e; console.log(e);
