'use strict';
function findIndex(callback) {
  const n = this.length;
  for (let k = 0; k < n; k++) {
    if (callback(this[k], k, this)) return k;
  }
  return -1;
}
