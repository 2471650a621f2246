console.log('%s|%s', new Error('formatted').message, 5); console.log('%o', [new Error('x').message]);
