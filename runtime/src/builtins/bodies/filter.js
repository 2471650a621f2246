'use strict';
function filter(callback) {
  const n = this.length, result = [];
  for (let k = 0; k < n; k++) {
    if (k in this) {
      const v = this[k];
      if (callback(v, k, this)) $push(result, v);
    }
  }
  return result;
}
