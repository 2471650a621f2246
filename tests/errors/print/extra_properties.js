const e = new Error('x'); Object.assign(e, { a: 1, b: { c: [1, 2, { d: 3 }] }, [Symbol('s')]: true }); console.log(e);
