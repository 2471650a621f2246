// Building and taking apart strings: concatenation, slices, padding, templates, search, case, code points.
'use strict';

const WORDS = 40000;
const EXPECTED = 232402540;

let seed = 5;
const next = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 4294967296) * n);
};

let hash = 0;
const mix = (value) => { hash = (Math.imul(hash, 31) + value) | 0; };
const mixText = (text) => {
  mix(text.length);
  for (let i = 0; i < text.length; i += 53) mix(text.charCodeAt(i));
};

function word() {
  let text = '';
  for (let n = 2 + next(7); n > 0; n--) text += String.fromCharCode(97 + next(26));
  return text;
}

const words = Array.from({ length: WORDS }, word);

// A rope grown from both ends and by halves.
let both = '';
for (const w of words) both = both.length & 1 ? `${w} ${both}` : `${both} ${w}`;
mixText(both);
const halves = (from, to) => {
  if (to - from === 1) return words[from];
  const middle = (from + to) >> 1;
  return halves(from, middle) + (middle & 1 ? '-' : '_') + halves(middle, to);
};
mixText(halves(0, WORDS));

// Word counts, reversal, capitals, palindromes.
const text = words.join(' ');
const counts = Object.create(null);
for (const w of text.split(' ')) counts[w.slice(0, 2)] = (counts[w.slice(0, 2)] | 0) + 1;
for (const key of Object.keys(counts).sort()) mix(counts[key]);
mixText([...text].reverse().join(''));
mixText(text.split(' ').map((w) => w[0].toUpperCase() + w.substring(1)).join(' '));
let palindromes = 0;
for (const w of words) {
  let same = true;
  for (let i = 0, j = w.length - 1; i < j && same; i++, j--) same = w[i] === w[j];
  if (same) palindromes++;
}
mix(palindromes);

// A table with templates and padding; an encoder that escapes.
let table = '';
for (let i = 0; i < 3000; i++) table += `|${String(i).padStart(6)}|${words[i].padEnd(10, '.')}|${(i / 7).toFixed(3)}|\n`;
mixText(table);
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
let html = '';
for (let i = 0; i < table.length; i++) {
  const c = table.charAt(i);
  html += escapes[c === '|' ? '<' : c] ?? c;
}
mixText(html);

// Run lengths, Caesar, search from both ends, comparison.
let runs = '';
for (let i = 0; i < html.length;) {
  let j = i + 1;
  while (j < html.length && html[j] === html[i]) j++;
  runs += j - i > 1 ? `${j - i}${html[i]}` : html[i];
  i = j;
}
mixText(runs);
const shifted = Array.from(text, (c) => (c === ' ' ? c : String.fromCharCode(((c.charCodeAt(0) - 97 + 13) % 26) + 97)));
mixText(shifted.join(''));
let found = 0;
for (let i = 0; i < 400; i++) {
  found += text.indexOf(words[WORDS - 1 - i]) + text.lastIndexOf(words[i]);
  if (text.includes(words[i] + words[i + 1])) found++;
  if (words[i].startsWith(words[i + 1].slice(0, 1))) found++;
}
mix(found);
let ordered = 0;
for (let i = 1; i < WORDS; i++) if (words[i - 1] < words[i]) ordered++;
mix(ordered);

// Edit distance and longest common subsequence of neighbours.
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
  }
  return row[b.length];
}
for (let i = 0; i < 6000; i++) mix(distance(words[i], words[i + 1]));

// Astral characters and normal forms.
let astral = '';
for (let i = 0; i < 2000; i++) astral += String.fromCodePoint(0x1f300 + (i % 200)) + (i % 3 ? 'e\u0301' : 'é');
let points = 0;
for (const c of astral) points += c.codePointAt(0);
mix(points);
mix(astral.normalize('NFC').length);
mixText(astral.at(-1) + astral.substring(10, 4) + astral.toUpperCase().trimEnd());

if (hash !== EXPECTED) throw new Error(`strings: ${hash}, expected ${EXPECTED}`);
console.log(`strings ${hash}`);
