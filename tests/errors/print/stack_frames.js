const e = new Error('x'); e.stack = 'Error: x\n    at nowhere (file.js:1:1)'; console.log([e], { e });
