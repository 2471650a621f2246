const e = new Error('x'); e.stack = 'just a line'; console.log(e);
