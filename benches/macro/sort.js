// Sorting: the built-in with and without comparators, and merge, quick, heap and shell sort by hand.
'use strict';

const LENGTH = 24000;
const EXPECTED = 1253107005;

let seed = 2024;
const next = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 4294967296) * n);
};

function mergeSort(list, before) {
  if (list.length < 2) return list;
  const middle = list.length >> 1;
  const a = mergeSort(list.slice(0, middle), before), b = mergeSort(list.slice(middle), before);
  const out = [];
  let i = 0, j = 0;
  while (i < a.length && j < b.length) out.push(before(b[j], a[i]) ? b[j++] : a[i++]);
  while (i < a.length) out.push(a[i++]);
  while (j < b.length) out.push(b[j++]);
  return out;
}

function quickSort(list, before, low = 0, high = list.length - 1) {
  while (low < high) {
    const pivot = list[(low + high) >> 1];
    let i = low, j = high;
    while (i <= j) {
      while (before(list[i], pivot)) i++;
      while (before(pivot, list[j])) j--;
      if (i <= j) {
        const t = list[i];
        list[i++] = list[j];
        list[j--] = t;
      }
    }
    if (j - low < high - i) {
      quickSort(list, before, low, j);
      low = i;
    } else {
      quickSort(list, before, i, high);
      high = j;
    }
  }
  return list;
}

function heapSort(list, before) {
  const sift = (at, end) => {
    const value = list[at];
    for (let child; (child = 2 * at + 1) < end; at = child) {
      if (child + 1 < end && before(list[child], list[child + 1])) child++;
      if (!before(value, list[child])) break;
      list[at] = list[child];
    }
    list[at] = value;
  };
  for (let i = (list.length >> 1) - 1; i >= 0; i--) sift(i, list.length);
  for (let end = list.length - 1; end > 0; end--) {
    [list[0], list[end]] = [list[end], list[0]];
    sift(0, end);
  }
  return list;
}

function shellSort(list, before) {
  for (let gap = list.length >> 1; gap > 0; gap = gap === 2 ? 1 : Math.floor(gap / 2.2)) {
    for (let i = gap; i < list.length; i++) {
      const value = list[i];
      let j = i;
      for (; j >= gap && before(value, list[j - gap]); j -= gap) list[j] = list[j - gap];
      list[j] = value;
    }
  }
  return list;
}

const inputs = {
  integers: Array.from({ length: LENGTH }, () => next(1e9) - 5e8),
  doubles: Array.from({ length: LENGTH }, () => next(1e9) / 977),
  nearly: Array.from({ length: LENGTH }, (_, i) => (i % 50 === 0 ? next(LENGTH) : i)),
  few: Array.from({ length: LENGTH }, () => next(10)),
};

let hash = 0;
const mix = (value) => { hash = (Math.imul(hash, 31) + value) | 0; };
const less = (a, b) => a < b;

for (const [name, input] of Object.entries(inputs)) {
  const want = [...input].sort((a, b) => a - b);
  for (const sort of [mergeSort, quickSort, heapSort, shellSort]) {
    const got = sort([...input], less);
    for (let i = 0; i < LENGTH; i++) if (got[i] !== want[i]) throw new Error(`sort: ${sort.name} of ${name} at ${i}`);
  }
  for (let i = 0; i < LENGTH; i += 37) mix(Math.floor(want[i]));
}

// Records by several keys; stability; strings; default order of numbers; holes and undefined.
const records = Array.from({ length: LENGTH }, (_, i) => ({ i, group: next(20), name: next(1e6).toString(36), score: next(100) }));
records.sort((a, b) => a.group - b.group || b.score - a.score || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
for (let i = 0; i < LENGTH; i += 11) mix(records[i].i);
records.sort((a, b) => a.group - b.group);
for (let i = 1; i < LENGTH; i++) {
  if (records[i - 1].group === records[i].group && records[i - 1].score < records[i].score) throw new Error('sort: not stable');
}
const names = records.map((r) => r.name).sort();
for (let i = 1; i < LENGTH; i++) if (names[i - 1] > names[i]) throw new Error('sort: strings');
mix(names.indexOf(records[5].name));
const mixed = inputs.integers.slice(0, 2000).sort();
mix(mixed[0] ^ mixed[999] ^ mixed[1999]);
const sparse = [3, , undefined, 1, , 2, undefined];
sparse.sort();
if (sparse.slice(0, 3).join() !== '1,2,3' || sparse.length !== 7 || 5 in sparse) throw new Error('sort: holes');
mix([...inputs.few].reverse().sort((a, b) => b - a).indexOf(3));
if (hash !== EXPECTED) throw new Error(`sort: ${hash}, expected ${EXPECTED}`);
console.log(`sort ${hash}`);
