'use strict';
// The same comparisons in the same order as `merge_sort` in array_sort.rs: which of the two runs must not show. In small
// functions, so that each is compiled once, for its start, instead of one large function for each of its loops.
function sort(compare) {
  // The end of the run that begins at `start`; a descending one is reversed.
  function naturalRun(list, start, n, compare) {
    let end = start + 1;
    if (end >= n) return n;
    const descending = +compare(list[start], list[end]) > 0;
    end++;
    while (end < n && +compare(list[end - 1], list[end]) > 0 === descending) end++;
    if (descending) {
      for (let i = start, j = end - 1; i < j; i++, j--) {
        const v = list[i];
        list[i] = list[j];
        list[j] = v;
      }
    }
    return end;
  }
  // Inserts the values from `sorted` to `end` into the sorted ones before them, by binary search.
  function insert(list, start, sorted, end, compare) {
    for (let i = sorted; i < end; i++) {
      const v = list[i];
      let low = start, high = i;
      while (low < high) {
        const middle = low + (high - low >> 1);
        if (+compare(list[middle], v) > 0) high = middle;
        else low = middle + 1;
      }
      for (let k = i; k > low; k--) list[k] = list[k - 1];
      list[low] = v;
    }
  }
  // Merges two neighbouring runs.
  function merge(list, spare, from, middle, to, compare) {
    const left = middle - from;
    for (let i = 0; i < left; i++) spare[i] = list[from + i];
    let i = 0, j = middle, k = from;
    while (i < left && j < to) {
      const x = spare[i], y = list[j];
      if (+compare(x, y) > 0) {
        list[k++] = y;
        j++;
      } else {
        list[k++] = x;
        i++;
      }
    }
    while (i < left) list[k++] = spare[i++];
  }
  // Fills two lists with the values that are to be sorted, and counts those that come last.
  function collect(array, length, list, spare) {
    let undefineds = 0;
    for (let k = 0; k < length; k++) {
      if (k in array) {
        const v = array[k];
        if (v === undefined) undefineds++;
        else {
          $push(list, v);
          $push(spare, v);
        }
      }
    }
    return undefineds;
  }
  function store(array, list, undefineds, length) {
    const n = list.length;
    for (let k = 0; k < n; k++) array[k] = list[k];
    for (let k = n; k < n + undefineds; k++) array[k] = undefined;
    for (let k = n + undefineds; k < length; k++) delete array[k];
  }
  const length = this.length, list = [], spare = [];
  const undefineds = collect(this, length, list, spare);
  const n = list.length;
  // Where runs begin; the last one ends at bounds[count].
  const bounds = [0];
  let count = 0, start = 0;
  while (start < n) {
    const natural = naturalRun(list, start, n, compare);
    let end = start + 32 < n ? start + 32 : n;
    if (natural > end) end = natural;
    insert(list, start, natural, end, compare);
    count++;
    if (bounds.length === count) $push(bounds, end);
    else bounds[count] = end;
    start = end;
    while (count > 1) {
      const c = bounds[count - 1] - bounds[count - 2], d = bounds[count] - bounds[count - 1];
      const b = count > 2 ? bounds[count - 2] - bounds[count - 3] : 0;
      const a = count > 3 ? bounds[count - 3] - bounds[count - 4] : 0;
      if (start < n && c > d && !(count > 2 && b <= c + d) && !(count > 3 && a <= b + c)) break;
      const at = count > 2 && b < d ? count - 3 : count - 2;
      merge(list, spare, bounds[at], bounds[at + 1], bounds[at + 2], compare);
      for (let i = at + 1; i < count; i++) bounds[i] = bounds[i + 1];
      count--;
    }
  }
  store(this, list, undefineds, length);
  return this;
}
