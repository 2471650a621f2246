console.log(new Error('outer', { cause: { status: 500, body: [1, 2] } }));
