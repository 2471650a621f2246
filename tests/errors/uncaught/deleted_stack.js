const e = new Error('a'); delete e.stack; throw e;
