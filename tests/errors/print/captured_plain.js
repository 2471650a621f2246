const o = { a: 1 }; Error.captureStackTrace(o); console.log(o, Object.keys(o));
