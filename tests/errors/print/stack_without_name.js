const e = new TypeError('x'); e.stack = 'x\n    at y'; console.log(e);
