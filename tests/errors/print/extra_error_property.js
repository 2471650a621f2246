const e = new Error('x'); e.inner = new TypeError('y'); console.log(e);
