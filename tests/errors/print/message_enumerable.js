const e = new Error('x'); Object.defineProperty(e, 'message', { value: 'y', enumerable: true }); console.log(e);
