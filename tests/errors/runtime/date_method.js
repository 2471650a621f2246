Date.prototype.getTime.call({});
