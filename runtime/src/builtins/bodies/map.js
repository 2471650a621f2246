'use strict';
function map(callback) {
  const n = this.length, result = [];
  for (let k = 0; k < n; k++) {
    if (k in this) $push(result, callback(this[k], k, this));
    else result.length = k + 1;
  }
  return result;
}
