const e = new Error('before'); e.stack; e.message = 'after'; console.log(e);
