const e = new Error('before'); e.message = 'after'; console.log(e);
