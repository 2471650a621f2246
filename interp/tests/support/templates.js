const values = [0, -1, 7, 123456789, -2147483648, 4294967295, 0.5, -0, NaN, Infinity, 1e21, 1e-7, '', 'x', 'word', 'Ω', 'long '.repeat(30), 'é', '\u{1F600}'];
const odd = [null, undefined, true, 10n, { toString() { return 'object'; } }, [1, 2], Symbol('s'), { toString() { throw 'thrown'; } }];
let hash = 0;
const mix = (s) => { hash = (Math.imul(hash, 31) + s.length) | 0; for (let i = 0; i < s.length; i++) hash = (Math.imul(hash, 31) + s.charCodeAt(i)) | 0; };
const forms = [
    (a) => `${a}`, (a) => `a${a}`, (a) => `${a}b`, (a, b) => `${a}${b}`, (a, b) => `${a}-${b}`, (a, b, c) => `<${a}|${b}|${c}>`,
    (a, b, c) => `${a}${b}${c}${a}${b}${c}${a}`, (a, b, c) => `${a} ${b + 1} ${c}`, (a, b) => a + '' + b, (a, b) => 'n' + a + b + 'm',
    (a) => `the number ${a | 0} of ${a * 2}`, (a, b, c) => [`${a}${b}`, `${c}`].join(), (a) => `${`in ${`in ${a}`}`}`,
];
for (let round = 0; round < 6; round++) {
    for (let i = 0; i < values.length * 7; i++) {
        const a = values[i % values.length], b = values[(i * 5 + round) % values.length], c = values[(i * 11 + 3) % values.length];
        for (const form of forms) mix(form(a, b, c));
    }
}
const before = hash;
let thrown = '';
for (let round = 0; round < 30; round++) {
    for (const o of odd) for (const form of forms) {
        try { mix(form(o, round, 'x')); } catch (e) { if (!thrown.includes(String(e))) thrown += e; }
        try { mix(form(round, o, o)); } catch (e) { if (!thrown.includes(String(e))) thrown += e; }
    }
}
let order = '';
function ordered(a, b) { return `${a}${order += 'e', b}${a}`; }
for (let i = 0; i < 60; i++) ordered({ toString() { order += 'a'; return 'A'; } }, i);
let key = 0;
const map = new Map(Array.from({ length: 50 }, (_, i) => [`n${i}`, i]));
function lookup(i) { return map.get(`n${i}`) + (map.has(`n${i + 0.5}`) ? 1000 : 0); }
for (let i = 0; i < 400; i++) key += lookup(i % 50);
let tooLong = '';
try { let s = 'x'.repeat(2 ** 28); for (;;) s = `${s}${1}${s}`; } catch (e) { tooLong = e.constructor.name; }
[before, hash, thrown, order.slice(0, 9), order.length, key, tooLong].join(' | ')
