String.prototype.trim.call(null);
