// The most frequent words of a file: node word_count.js FILE [N]
const { readFileSync } = require('node:fs');

const [file = __filename, count = '10'] = process.argv.slice(2);
const counts = new Map();
for (const [word] of readFileSync(file, 'utf8').toLowerCase().matchAll(/\p{L}{3,}/gu)) {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}
const top = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, Number(count));
for (const [word, n] of top) console.log(String(n).padStart(6), word);
