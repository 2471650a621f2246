console.log(new Error(''), new Error());
