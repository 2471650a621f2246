console.log(String(new TypeError('x')), `${new Error()}`, new Error('y') + '', Object.prototype.toString.call(new Error()));
