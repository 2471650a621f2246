console.log(new Error('plain'));
