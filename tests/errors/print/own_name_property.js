const e = new Error('x'); Object.defineProperty(e, 'name', { value: 'Hidden' }); console.log(e);
