const e = new Error('x'); Object.setPrototypeOf(e, null); console.log(e);
