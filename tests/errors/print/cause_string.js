console.log(new Error('outer', { cause: 'a string' }));
