'use strict';
function findLastIndex(callback) {
  for (let k = this.length - 1; k >= 0; k--) {
    if (callback(this[k], k, this)) return k;
  }
  return -1;
}
