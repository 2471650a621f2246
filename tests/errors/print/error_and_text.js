const e = new Error('x'); e.stack = 'Error: x\n    at y'; console.log('text', e, 5); console.error('to stderr', 1);
