'use strict';
function findLast(callback) {
  for (let k = this.length - 1; k >= 0; k--) {
    const v = this[k];
    if (callback(v, k, this)) return v;
  }
}
