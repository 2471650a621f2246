console.log(new Error('outer', { cause: new Error('inner') }));
