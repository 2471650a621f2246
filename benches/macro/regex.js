// Regular expressions over generated log text: captures, alternation, look-around, replace callbacks, split.
'use strict';

const LINES = 9000;
const EXPECTED = -1128989107;

const LEVELS = ['INFO', 'WARN', 'ERROR', 'DEBUG'];
const WORDS = ['connect', 'timeout', 'user', 'session', 'cache', 'retry', 'socket', 'payload', 'queue', 'commit'];

let seed = 7;
const next = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 4294967296) * n);
};

function line(i) {
  const two = (n) => String(n).padStart(2, '0');
  const time = `2024-${two(1 + next(12))}-${two(1 + next(28))}T${two(next(24))}:${two(next(60))}:${two(next(60))}Z`;
  const ip = [next(256), next(256), next(256), next(256)].join('.');
  const words = Array.from({ length: 4 + next(6) }, () => WORDS[next(WORDS.length)]).join(' ');
  const mail = next(3) === 0 ? ` <${WORDS[next(10)]}.${next(99)}@host-${next(9)}.example.org>` : '';
  return `${time} [${LEVELS[next(4)]}] ${ip}:${1024 + next(60000)} ${words}${mail} id=${(i * 7919).toString(16)} took ${next(5000)}ms "GET /a/${next(50)}?q=${next(9)}&r=%20x"`;
}

const text = Array.from({ length: LINES }, (_, i) => line(i)).join('\n');
let hash = 0;
const mix = (value) => { hash = (Math.imul(hash, 31) + value) | 0; };
const mixText = (value) => {
  mix(value.length);
  for (let i = 0; i < value.length; i += 97) mix(value.charCodeAt(i));
};

// Named groups and a sticky tokenizer.
const entry = /^(?<date>\d{4}-\d\d-\d\d)T(?<time>[\d:]+)Z \[(?<level>\w+)\] (?<ip>(?:\d{1,3}\.){3}\d{1,3}):(?<port>\d+) (?<rest>.*)$/gm;
const levels = {};
for (const match of text.matchAll(entry)) {
  const { level, port, rest } = match.groups;
  levels[level] = (levels[level] ?? 0) + Number(port);
  mix(rest.length + match.index);
}
for (const level of LEVELS) mix(levels[level]);

const token = /\s+|(\d+)|([A-Za-z_]\w*)|("(?:[^"\\]|\\.)*")|([-+*/%=<>&?:.,;@[\](){}]+)/y;
const counts = [0, 0, 0, 0, 0];
for (token.lastIndex = 0; token.lastIndex < text.length;) {
  const match = token.exec(text);
  if (match === null) throw new Error(`regex: no token at ${token.lastIndex}`);
  counts[match.slice(1).findIndex((g) => g !== undefined) + 1]++;
}
counts.forEach(mix);

// Replacing with patterns, functions, look-ahead and look-behind.
mixText(text.replace(/(\d+)\.(\d+)\.\d+\.\d+/g, '$1.$2.x.x'));
mixText(text.replace(/\b(\w)(\w*)\b(?=\s+\w+\s+<)/g, (_, first, rest) => first.toUpperCase() + rest));
mixText(text.replace(/(?<=took )(\d+)(?=ms)/g, (n) => String(Number(n) * 2)));
mixText(text.replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16))));

// Searching, splitting, backtracking, back-references, case folding.
mix(text.split(/\s*[,;]\s*|\s+/).length);
mix(text.match(/\b(\w+) \1\b/g).length);
mix(text.match(/(?:timeout|retry|commit)(?: (?:user|cache|queue))+/g).length);
mix(text.match(/[\w.]+@(?:[\w-]+\.)+[a-z]{2,}/gi).length);
mix(text.match(/error\b.*?session/gi)?.length ?? 0);
mix((text.match(/^(?!.*timeout).*commit.*$/gm) ?? []).length);
mix(text.search(/id=ffff[0-9a-f]* /));
let matched = 0;
const nested = /^(?:a+b?)+c$/;
for (let i = 1; i < 15; i++) if (nested.test('ab'.repeat(i >> 1) + 'a'.repeat(i) + (i & 1 ? 'c' : 'd'))) matched++;
mix(matched);
const accents = 'Ångström naïve façade Ω≈ç√ 日本語 emoji 😀 end'.repeat(200);
mix(accents.match(/\p{Lu}\p{Ll}+/gu).length);
mix(accents.match(/./gsu).length);
mix(accents.replace(/[^\p{L}\p{N}\s]/gu, '').length);

if (hash !== EXPECTED) throw new Error(`regex: ${hash}, expected ${EXPECTED}`);
console.log(`regex ${hash}`);
