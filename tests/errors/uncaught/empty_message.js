var e = new Error(''); e.message=''; throw e;
