'use strict';
// Entered with an element at 0.
function reduce(callback) {
  const n = this.length;
  let accumulator = this[0];
  for (let k = 1; k < n; k++) {
    if (k in this) accumulator = callback(accumulator, this[k], k, this);
  }
  return accumulator;
}
