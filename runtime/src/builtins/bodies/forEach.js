'use strict';
function forEach(callback) {
  const n = this.length;
  for (let k = 0; k < n; k++) {
    if (k in this) callback(this[k], k, this);
  }
}
