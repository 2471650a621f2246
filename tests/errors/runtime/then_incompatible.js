Promise.prototype.then.call({});
