Number.prototype.toFixed.call('1');
