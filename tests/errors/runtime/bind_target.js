Function.prototype.bind.call(1);
