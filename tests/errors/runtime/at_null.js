Array.prototype.at.call(undefined);
