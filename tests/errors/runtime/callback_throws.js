[3].map(function square(x) { throw new RangeError('no squares of ' + x); });
