'use strict';
function reduceRight(callback, accumulator) {
  for (let k = this.length - 1; k >= 0; k--) {
    if (k in this) accumulator = callback(accumulator, this[k], k, this);
  }
  return accumulator;
}
