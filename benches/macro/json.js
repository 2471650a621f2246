// JSON.stringify and JSON.parse of records, deep trees and numbers, with replacers, revivers and indentation.
'use strict';

const RECORDS = 600;
const ROUNDS = 70;
const EXPECTED = -143117410;

let seed = 99;
const next = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 4294967296) * n);
};

function record(i) {
  return {
    id: i,
    guid: `${next(1e9).toString(16)}-${next(1e9).toString(36)}`,
    active: next(2) === 1,
    balance: next(1e7) / 100 - 5e4,
    ratio: 1 / (1 + next(1000)),
    name: { first: `N${next(100)}`, last: 'Æ\u2028"quoted"\\\n' + next(50) },
    tags: Array.from({ length: next(8) }, (_, k) => `tag${k}-${next(9)}`),
    friends: Array.from({ length: next(4) }, () => ({ id: next(RECORDS), since: 1970 + next(60), close: null })),
    location: { lat: next(180) - 90 + 0.25, lon: next(360) - 180, alt: -0 },
    note: next(5) === 0 ? undefined : 'x'.repeat(next(80)),
  };
}

let hash = 0;
const mix = (text) => {
  hash = (Math.imul(hash, 31) + text.length) | 0;
  for (let i = 0; i < text.length; i += 61) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
};

const records = Array.from({ length: RECORDS }, (_, i) => record(i));
let tree = null;
for (let i = 0; i < 900; i++) tree = { depth: i, child: tree, list: [i, [i]] };
const numbers = Array.from({ length: 5000 }, () => (next(2) ? next(1e9) : next(1e9) * 1e-7 * Number(`1e${next(40) - 20}`)));

for (let round = 0; round < ROUNDS; round++) {
  const text = JSON.stringify(records);
  mix(text);
  const copy = JSON.parse(text);
  if (copy.length !== RECORDS || copy[17].name.last !== records[17].name.last) throw new Error('json: round trip');
  copy[round].active = round;
  mix(JSON.stringify(copy, null, 2));
  mix(JSON.stringify(JSON.parse(JSON.stringify(tree))));
  mix(JSON.stringify(JSON.parse(JSON.stringify(numbers))));
}
mix(JSON.stringify(records, (key, value) => (typeof value === 'number' ? Math.round(value) : value)));
mix(JSON.stringify(records, ['id', 'name', 'first', 'friends', 'since'], '\t'));
const revived = JSON.parse(JSON.stringify(records), (key, value) => (Array.isArray(value) ? value.length : value));
if (revived !== RECORDS) throw new Error('json: reviver');
mix(JSON.stringify({ date: new Date(0), nested: { toJSON: (key) => `<${key}>` }, skip: () => 1, big: [undefined, NaN] }));
for (const bad of ['{', '[1,]', '{"a":1,}', "'x'", '01', '"\t"', 'nul']) {
  try {
    JSON.parse(bad);
    throw new Error(`json: accepted ${bad}`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
}
if (hash !== EXPECTED) throw new Error(`json: ${hash}, expected ${EXPECTED}`);
console.log(`json ${hash}`);
