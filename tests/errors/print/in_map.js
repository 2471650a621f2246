console.log(new Map([['key', new Error('in map')]]));
