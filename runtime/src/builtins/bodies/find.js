'use strict';
function find(callback) {
  const n = this.length;
  for (let k = 0; k < n; k++) {
    const v = this[k];
    if (callback(v, k, this)) return v;
  }
}
