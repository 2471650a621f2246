const add = function (a, b, c) { return (this?.base ?? 0) + a + (b ?? 100) + (c ?? 1000); };
const arrow = (...all) => all.length;
function list() { return arguments.length * 10 + (arguments[0] ?? 0); }
function fails(a) { if (a > 150) throw new RangeError('late ' + a); return a; }
function* gen(a) { yield a; }
class C { constructor(a) { this.a = a; } static make(a) { return new this(a).a; } }
function deep(n) { return n <= 0 ? 0 : 1 + bounds[7](n - 1); }
const bounds = [add.bind({ base: 5 }, 1), add.bind(null), arrow.bind(0, 1, 2), list.bind({}, 7), fails.bind(null), C.make.bind(C), gen.bind(null, 3), null,
    add.bind({ base: 1 }, 2).bind(null, 3), Math.max.bind(null, 4), async () => 1, C.bind(null)];
bounds[7] = deep.bind(null);
let hash = 0, caught = '';
function run(f, i) {
    try {
        const v = f(i, i + 1);
        hash = (Math.imul(hash, 31) + (typeof v === 'number' ? v : String(v).length)) | 0;
    } catch (e) { hash = (hash + 1) | 0; if (!caught.includes(e.message)) caught += e.message + ';'; }
}
for (let i = 0; i < 300; i++) for (const f of bounds) run(f, i % 200);
function apply(f, self, args) { return f.apply(self, args); }
let sum = 0;
for (let i = 0; i < 300; i++) sum += apply(i % 3 ? add : arrow, { base: i }, i % 5 ? [1, 2] : [i]) + apply(list, null, [1, 2, 3]);
let overflow = '';
const dive = function (n) { return bound(n + 1) + 1; }, bound = dive.bind(null);
for (let i = 0; i < 3; i++) try { dive(0); } catch (e) { overflow += e.constructor.name; }
const trace = function inner() { return new Error('x').stack.split('\n').slice(1, 3).map((l) => l.trim().split(' ')[1]).join(); }.bind(null);
function outer() { return trace(); }
let traces = new Set();
for (let i = 0; i < 200; i++) traces.add(outer());
[hash, caught.length, sum, overflow, [...traces].join()].join(' | ')
