console.log({ error: new Error('in object'), list: [new TypeError('in list')] });
