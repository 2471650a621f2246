'use strict';
// The same comparisons in the same order as `merge_sort` in array_sort.rs: which of the two runs must not show.
function sort(compare) {
  const length = this.length, list = [], spare = [];
  let undefineds = 0;
  for (let k = 0; k < length; k++) {
    if (k in this) {
      const v = this[k];
      if (v === undefined) undefineds++;
      else {
        $push(list, v);
        $push(spare, v);
      }
    }
  }
  const n = list.length;
  // Where runs begin; the last one ends at bounds[count].
  const bounds = [0];
  let count = 0, start = 0;
  while (start < n) {
    let natural = start + 1;
    if (natural < n) {
      const descending = +compare(list[start], list[natural]) > 0;
      natural++;
      while (natural < n && +compare(list[natural - 1], list[natural]) > 0 === descending) natural++;
      if (descending) {
        for (let i = start, j = natural - 1; i < j; i++, j--) {
          const v = list[i];
          list[i] = list[j];
          list[j] = v;
        }
      }
    }
    let end = start + 32 < n ? start + 32 : n;
    if (natural > end) end = natural;
    for (let i = natural; i < end; i++) {
      const v = list[i];
      let low = start, high = i;
      while (low < high) {
        const middle = low + (high - low >> 1);
        if (+compare(list[middle], v) > 0) high = middle;
        else low = middle + 1;
      }
      for (let j = i; j > low; j--) list[j] = list[j - 1];
      list[low] = v;
    }
    count++;
    if (bounds.length === count) $push(bounds, end);
    else bounds[count] = end;
    start = end;
    while (count > 1) {
      const c = bounds[count - 1] - bounds[count - 2], d = bounds[count] - bounds[count - 1];
      const b = count > 2 ? bounds[count - 2] - bounds[count - 3] : 0;
      const a = count > 3 ? bounds[count - 3] - bounds[count - 4] : 0;
      const must = start === n || c <= d || count > 2 && b <= c + d || count > 3 && a <= b + c;
      if (!must) break;
      const at = count > 2 && b < d ? count - 3 : count - 2;
      const from = bounds[at], middle = bounds[at + 1], to = bounds[at + 2];
      for (let i = at + 1; i < count; i++) bounds[i] = bounds[i + 1];
      count--;
      const left = middle - from;
      for (let i = 0; i < left; i++) spare[i] = list[from + i];
      let i = 0, j = middle, k = from;
      while (i < left && j < to) {
        if (+compare(spare[i], list[j]) > 0) list[k++] = list[j++];
        else list[k++] = spare[i++];
      }
      while (i < left) list[k++] = spare[i++];
    }
  }
  for (let k = 0; k < n; k++) this[k] = list[k];
  for (let k = n; k < n + undefineds; k++) this[k] = undefined;
  for (let k = n + undefineds; k < length; k++) delete this[k];
  return this;
}
