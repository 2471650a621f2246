'use strict';
function reduce(callback, accumulator) {
  const n = this.length;
  for (let k = 0; k < n; k++) {
    if (k in this) accumulator = callback(accumulator, this[k], k, this);
  }
  return accumulator;
}
