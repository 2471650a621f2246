Error.prepareStackTrace = (e, sites) => sites; const s = new Error('p').stack; console.log(Array.isArray(s), s[0].getLineNumber(), s[0].getColumnNumber());
