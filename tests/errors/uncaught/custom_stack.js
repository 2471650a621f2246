const e = new Error('a'); e.stack = 'custom stack'; throw e;
