//! Hostile programs: unbounded recursion, deep nesting, exhausted memory, impossible requests and
//! unreadable input end in exceptions or messages, never in a signal or an endless run.
//!
//! Each case runs the built program in a process of its own. The file is long because it is tables of cases with a
//! page of code behind them.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A program and its name.
type Case = (&'static str, &'static str);

/// No case may take longer, even in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Each throws a RangeError that can be caught; afterwards the engine still works.
const OVERFLOWS: &[Case] = &[
    ("call", "function f() { return f() + 1 } f()"),
    (
        "mutual",
        "function a() { b(); 1 } function b() { a(); 1 } a()",
    ),
    ("arrow", "const f = () => f() + 1; f()"),
    ("method", "const o = { m() { return this.m() + 1 } }; o.m()"),
    (
        "arguments object",
        "function f() { return f.apply(null, arguments) + 1 } f(1, 2, 3)",
    ),
    (
        "for-in over a cycle of prototypes",
        "const o = {}; Object.setPrototypeOf(o, new Proxy(o, {})); for (const x in o);",
    ),
    (
        "instanceof over a cycle of prototypes",
        "const o = {}; Object.setPrototypeOf(o, new Proxy(o, {})); o instanceof Map",
    ),
    (
        "isPrototypeOf over a cycle of prototypes",
        "const o = {}; Object.setPrototypeOf(o, new Proxy(o, {})); Map.isPrototypeOf(o)",
    ),
    ("getter", "const o = { get x() { return this.x + 1 } }; o.x"),
    (
        "setter",
        "const o = { set x(v) { this.x = v; 1 } }; o.x = 1",
    ),
    (
        "static getter",
        "class A { static get x() { return A.x + 1 } } A.x",
    ),
    (
        "private method",
        "class A { #m() { return this.#m() + 1 } run() { return this.#m() } } new A().run()",
    ),
    (
        "super method",
        "const o = { __proto__: { m() { return o.m() + 1 } }, m() { return super.m() + 1 } }; o.m()",
    ),
    (
        "element getter",
        "const a = []; Object.defineProperty(a, 0, { get() { return a[0] + 1 } }); a[0]",
    ),
    (
        "computed getter",
        "let k = 'x'; const o = { get x() { return o[k] + 1 } }; o[k]",
    ),
    (
        "global getter",
        "Object.defineProperty(globalThis, 'gg', { get() { return gg + 1 } }); gg",
    ),
    (
        "with getter",
        "const o = { get x() { return Function('o', 'with (o) return x')(o) } }; o.x",
    ),
    (
        "toString",
        "const o = { toString() { return '' + this } }; '' + o",
    ),
    ("valueOf", "const o = { valueOf() { return +this } }; +o"),
    (
        "toPrimitive",
        "const o = { [Symbol.toPrimitive]() { return `${this}` } }; `${o}`",
    ),
    (
        "toPrimitive compare",
        "const o = { [Symbol.toPrimitive]() { return this < 1 } }; o < 1",
    ),
    (
        "toPrimitive equals",
        "const o = { [Symbol.toPrimitive]() { return this == 1 } }; o == 1",
    ),
    (
        "property key",
        "const o = { toString() { return ({})[this] } }; ({})[o]",
    ),
    (
        "hasInstance",
        "const C = { [Symbol.hasInstance](x) { return x instanceof C } }; 1 instanceof C",
    ),
    (
        "constructor",
        "class A { constructor() { new A(); 1 } } new A()",
    ),
    (
        "function constructor",
        "function A() { this.a = new A() } new A()",
    ),
    (
        "derived constructor",
        "class B { constructor() { new A() } } class A extends B { constructor() { super(); } } new A()",
    ),
    ("field", "class A { x = new A() } new A()"),
    (
        "new.target",
        "function F() { return Reflect.construct(F, [], new.target) } new F()",
    ),
    (
        "species",
        "class A extends Array { static get [Symbol.species]() { return new A(1).map(x => x) } } new A(1).map(x => x)",
    ),
    (
        "Reflect.apply",
        "function f() { return Reflect.apply(f, null, []) } f()",
    ),
    (
        "Reflect.construct",
        "function f() { return Reflect.construct(f, []) } f()",
    ),
    (
        "Reflect.get",
        "const o = { get x() { return Reflect.get(o, 'x') } }; o.x",
    ),
    (
        "Reflect.set",
        "const o = { set x(v) { Reflect.set(o, 'x', v) } }; o.x = 1",
    ),
    (
        "Function.prototype.call",
        "function f() { return f.call() } f()",
    ),
    (
        "call of call",
        "function f() { return f.call.call.call.call(f) } f()",
    ),
    (
        "bound",
        "const o = { f() { return g() } }; const g = o.f.bind(o); g()",
    ),
    ("direct eval", "function f() { return eval('f()') } f()"),
    (
        "indirect eval",
        "globalThis.f = () => (0, eval)('f()'); f()",
    ),
    ("eval of eval", "var s = 'eval(s)'; eval(s)"),
    ("default parameter", "function f(x = f()) {} f()"),
    (
        "destructuring getter",
        "const o = { get x() { const { x } = this; return x } }; o.x",
    ),
    (
        "destructuring default",
        "function f() { const { a = f() } = {}; return a } f()",
    ),
    ("template tag", "function t() { return t`${1}` } t`a`"),
    (
        "template part",
        "const o = { toString() { return `${o}` } }; `${o}`",
    ),
    (
        "growing spread",
        "function f(...a) { return f(...a, 1) + 1 } f()",
    ),
    (
        "spread",
        "const o = { *[Symbol.iterator]() { yield* [...o] } }; [...o]",
    ),
    (
        "iterator",
        "const o = { [Symbol.iterator]() { for (const x of o) ; } }; for (const x of o) ;",
    ),
    (
        "iterator next",
        "const o = { [Symbol.iterator]() { return this }, next() { [...o] } }; [...o]",
    ),
    (
        "iterator return",
        "const o = { [Symbol.iterator]() { return this }, next() { return {} }, return() { const [a] = o; return {} } }; const [a] = o",
    ),
    ("generator", "function* g() { yield* g() } g().next()"),
    ("generator next", "function* g() { g().next() } g().next()"),
    (
        "generator loop",
        "function* g() { for (const x of g()) yield x } [...g()]",
    ),
    (
        "generator chain",
        "function* g(n) { if (n) yield* g(n - 1); yield 1 } [...g(1e6)]",
    ),
    (
        "iterator helpers",
        "let it = [1].values(); for (let i = 0; i < 2e5; i++) it = it.map(x => x); it.next()",
    ),
    (
        "iterator flatMap",
        "const f = () => [1].values().flatMap(f); [...[1].values().flatMap(function g() { return [1].values().flatMap(g).toArray() })]",
    ),
    ("sort", "function f() { [2, 1].sort(f) } f()"),
    ("toSorted", "function f() { [2, 1].toSorted(f) } f()"),
    (
        "typed sort",
        "function f() { new Int8Array(2).sort(f) } f()",
    ),
    ("map", "function f() { return [1].map(f) } f()"),
    ("forEach", "function f() { [1].forEach(f) } f()"),
    ("reduce", "function f() { return [1, 2].reduce(f) } f()"),
    ("flatMap", "function f() { return [1].flatMap(f) } f()"),
    (
        "Array.from",
        "function f() { return Array.from([1], f) } f()",
    ),
    (
        "Array.from iterable",
        "const o = { [Symbol.iterator]() { return Array.from(o) } }; Array.from(o)",
    ),
    (
        "Map.forEach",
        "const m = new Map([[1, 1]]); function f() { m.forEach(f) } f()",
    ),
    (
        "Map iterable",
        "const o = { [Symbol.iterator]() { return new Map(o) } }; new Map(o)",
    ),
    (
        "Set.forEach",
        "const s = new Set([1]); function f() { s.forEach(f) } f()",
    ),
    (
        "Set methods",
        "const s = new Set([1]); const o = { size: 1, has() { s.isSubsetOf(o) }, keys() {} }; s.isSubsetOf(o)",
    ),
    ("groupBy", "function f() { Object.groupBy([1], f) } f()"),
    ("replace", "function f() { return 'a'.replace('a', f) } f()"),
    (
        "replace regexp",
        "function f() { return 'a'.replace(/a/g, f) } f()",
    ),
    (
        "regexp exec",
        "const r = /a/; r.exec = function () { return r.test('a') }; r.test('a')",
    ),
    (
        "Symbol.replace",
        "const o = { [Symbol.replace]() { return 'a'.replace(o) } }; 'a'.replace(o)",
    ),
    (
        "JSON.stringify toJSON",
        "const o = { toJSON() { return JSON.stringify(o) } }; JSON.stringify(o)",
    ),
    (
        "JSON.stringify fresh",
        "function f() { return { get x() { return f() } } } JSON.stringify(f())",
    ),
    (
        "JSON.stringify replacer",
        "JSON.stringify([1], (k, v) => [v])",
    ),
    (
        "JSON.stringify toJSON chain",
        "JSON.stringify({ toJSON: function f() { return { a: { toJSON: f } } } })",
    ),
    (
        "JSON.parse reviver",
        "function f() { return JSON.parse('[1]', f) } f()",
    ),
    (
        "array toString",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a)",
    ),
    (
        "array join",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.join()",
    ),
    (
        "array flat",
        "let a = []; for (let i = 0; i < 1e6; i++) a = [a]; a.flat(Infinity)",
    ),
    (
        "array toLocaleString",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.toLocaleString()",
    ),
    (
        "JSON.stringify deep",
        "let a = []; for (let i = 0; i < 1e6; i++) a = [a]; JSON.stringify(a)",
    ),
    (
        "JSON.stringify deep objects",
        "let a = {}; for (let i = 0; i < 1e6; i++) a = { a }; JSON.stringify(a)",
    ),
    (
        "bound chain",
        "let f = () => 1; for (let i = 0; i < 1e6; i++) f = f.bind(); f()",
    ),
    (
        "bound construct",
        "let f = function () {}; for (let i = 0; i < 1e6; i++) f = f.bind(); new f()",
    ),
    (
        "bound instanceof",
        "let f = function () {}; for (let i = 0; i < 1e6; i++) f = f.bind(); ({}) instanceof f",
    ),
    (
        "proxy handler chain",
        "let h = {}; for (let i = 0; i < 1e6; i++) h = new Proxy({}, h); h.x",
    ),
    (
        "proxy prototype cycle",
        "const p = new Proxy({}, {}); const o = Object.create(p); Object.setPrototypeOf(p, o); o.x",
    ),
    (
        "proxy prototype set cycle",
        "const p = new Proxy({}, {}); const o = Object.create(p); Object.setPrototypeOf(p, o); o.x = 1",
    ),
    (
        "proxy prototype has cycle",
        "const p = new Proxy({}, {}); const o = Object.create(p); Object.setPrototypeOf(p, o); 'x' in o",
    ),
    (
        "trap get",
        "const p = new Proxy({}, { get(t, k, r) { return r[k] } }); p.x",
    ),
    (
        "trap set",
        "const p = new Proxy({}, { set(t, k, v, r) { r[k] = v } }); p.x = 1",
    ),
    (
        "trap has",
        "const p = new Proxy({}, { has(t, k) { return k in p } }); 'x' in p",
    ),
    (
        "trap delete",
        "const p = new Proxy({}, { deleteProperty(t, k) { return delete p[k] } }); delete p.x",
    ),
    (
        "trap define",
        "const p = new Proxy({}, { defineProperty(t, k, d) { return Reflect.defineProperty(p, k, d) } }); Object.defineProperty(p, 'x', {})",
    ),
    (
        "trap descriptor",
        "const p = new Proxy({}, { getOwnPropertyDescriptor(t, k) { return Object.getOwnPropertyDescriptor(p, k) } }); Object.hasOwn(p, 'x')",
    ),
    (
        "trap keys",
        "const p = new Proxy({}, { ownKeys() { return Reflect.ownKeys(p) } }); Object.keys(p)",
    ),
    (
        "trap getPrototypeOf",
        "const p = new Proxy({}, { getPrototypeOf() { return Object.getPrototypeOf(p) } }); p instanceof Object",
    ),
    (
        "trap setPrototypeOf",
        "const p = new Proxy({}, { setPrototypeOf(t, o) { return Reflect.setPrototypeOf(p, o) } }); Object.setPrototypeOf(p, null)",
    ),
    (
        "trap isExtensible",
        "const p = new Proxy({}, { isExtensible() { return Object.isExtensible(p) } }); Object.isExtensible(p)",
    ),
    (
        "trap preventExtensions",
        "const p = new Proxy({}, { preventExtensions() { return Reflect.preventExtensions(p) } }); Object.preventExtensions(p)",
    ),
    (
        "trap apply",
        "const p = new Proxy(() => 1, { apply() { return p() } }); p()",
    ),
    (
        "trap construct",
        "const p = new Proxy(class {}, { construct() { return new p() } }); new p()",
    ),
    (
        "error cause",
        "const e = { get message() { return String(e) }, get name() { return Error.prototype.toString.call(e) } }; Error.prototype.toString.call(e)",
    ),
    (
        "defineProperties",
        "const o = { get x() { Object.defineProperties({}, o); return {} } }; Object.defineProperties({}, o)",
    ),
    (
        "assign",
        "const o = { get x() { Object.assign({}, o) } }; Object.assign({}, o)",
    ),
    (
        "object spread",
        "const o = { get x() { return { ...o } } }; o.x",
    ),
    (
        "using",
        "const o = { [Symbol.dispose]() { const s = new DisposableStack(); s.use(o); s.dispose() } }; o[Symbol.dispose]()",
    ),
];

/// Each ends without a fault, whatever the outcome: a value, a RangeError or a SyntaxError.
const SURVIVES: &[Case] = &[
    (
        "proxy chain get",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); p.x",
    ),
    (
        "proxy chain set",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); p.x = 1; throw RangeError()",
    ),
    (
        "proxy chain has",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); 'x' in p",
    ),
    (
        "proxy chain delete",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); delete p.x",
    ),
    (
        "proxy chain define",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); Object.defineProperty(p, 'x', {})",
    ),
    (
        "proxy chain descriptor",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); Object.getOwnPropertyDescriptor(p, 'x')",
    ),
    (
        "proxy chain keys",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); Object.keys(p)",
    ),
    (
        "proxy chain prototype",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); Object.getPrototypeOf(p)",
    ),
    (
        "proxy chain set prototype",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); Object.setPrototypeOf(p, null)",
    ),
    (
        "proxy chain extensible",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); Object.isExtensible(p)",
    ),
    (
        "proxy chain prevent",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); Object.preventExtensions(p)",
    ),
    (
        "proxy chain call",
        "let p = () => 1; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); p()",
    ),
    (
        "proxy chain construct",
        "let p = class {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); new p()",
    ),
    (
        "proxy chain instanceof",
        "let p = class {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); ({}) instanceof p",
    ),
    (
        "proxy chain for-in",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); for (const k in p) ;",
    ),
    (
        "proxy chain isArray",
        "let p = []; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); if (Array.isArray(p)) throw RangeError()",
    ),
    (
        "proxy chain toString",
        "let p = []; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); Object.prototype.toString.call(p)",
    ),
    (
        "proxy chain spread",
        "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); ({ ...p })",
    ),
    (
        "regexp nesting",
        "new RegExp('('.repeat(1e6) + ')'.repeat(1e6)); throw RangeError()",
    ),
    (
        "10,000 calls",
        "function f(n) { return n ? f(n - 1) + 1 : 0 } if (f(1e4) !== 1e4) throw 1",
    ),
    (
        "8,000 getters",
        "function f(n) { return { get x() { return n ? f(n - 1).x + 1 : 0 } } } if (f(3e3).x !== 3e3) throw 1",
    ),
    (
        "deep JSON.parse arrays",
        "JSON.parse('['.repeat(2e5) + ']'.repeat(2e5))",
    ),
    (
        "deep JSON.parse objects",
        r#"JSON.parse('{"a":'.repeat(2e5) + '1' + '}'.repeat(2e5))"#,
    ),
    ("unclosed JSON", "JSON.parse('['.repeat(2e6))"),
    (
        "deep JSON.parse with reviver",
        "JSON.parse('['.repeat(2e5) + ']'.repeat(2e5), (k, v) => v)",
    ),
    (
        "deep JSON round trip",
        "let s = '['.repeat(2e5) + ']'.repeat(2e5); JSON.stringify(JSON.parse(s))",
    ),
    (
        "deep prototypes get",
        "let o = {}; for (let i = 0; i < 2e5; i++) o = Object.create(o); o.x",
    ),
    (
        "deep prototypes set",
        "let o = {}; for (let i = 0; i < 2e5; i++) o = Object.create(o); o.x = 1",
    ),
    (
        "deep prototypes has",
        "let o = {}; for (let i = 0; i < 2e5; i++) o = Object.create(o); 'x' in o",
    ),
    (
        "deep prototypes for-in",
        "let o = {}; for (let i = 0; i < 2e4; i++) o = Object.create(o); for (const k in o) ;",
    ),
    (
        "deep prototypes instanceof",
        "let o = {}; for (let i = 0; i < 2e5; i++) o = Object.create(o); o instanceof Array",
    ),
    (
        "deep prototypes call",
        "let o = { m() { return 1 } }; for (let i = 0; i < 2e5; i++) o = Object.create(o); for (let i = 0; i < 20; i++) o.m()",
    ),
    (
        "class extends chain",
        "let C = class {}; for (let i = 0; i < 2e4; i++) C = class extends C {}; new C()",
    ),
    (
        "class extends chain with constructors",
        "let C = class {}; for (let i = 0; i < 2e4; i++) C = class extends C { constructor() { super() } }; new C()",
    ),
    (
        "deep rope left",
        "let s = ''; for (let i = 0; i < 1e6; i++) s = s + 'ab'; s.charCodeAt(5)",
    ),
    (
        "deep rope right",
        "let s = ''; for (let i = 0; i < 1e6; i++) s = 'ab' + s; s.charCodeAt(5)",
    ),
    (
        "deep rope as key",
        "let s = ''; for (let i = 0; i < 1e6; i++) s = 'ab' + s + 'c'; ({})[s]",
    ),
    (
        "deep rope compare",
        "let s = '', t = ''; for (let i = 0; i < 1e5; i++) { s = 'ab' + s; t = t + 'ab' } if (s !== t) throw 1",
    ),
    (
        "deep rope dropped",
        "let s = ''; for (let i = 0; i < 3e6; i++) s = 'abcdefghij' + i + s; s = 0; for (let i = 0; i < 1e6; i++) ({})",
    ),
    (
        "deep object graph",
        "let o = null; for (let i = 0; i < 1e6; i++) o = { o }; for (let i = 0; i < 1e6; i++) ({ i })",
    ),
    (
        "deep closures",
        "let f = () => 0; for (let i = 0; i < 1e6; i++) { const g = f; f = () => g }; for (let i = 0; i < 1e5; i++) [i]",
    ),
    (
        "promise chain",
        "let p = Promise.resolve(); for (let i = 0; i < 1e5; i++) p = p.then(() => 1)",
    ),
    (
        "nested promises",
        "let p = Promise.resolve(); for (let i = 0; i < 1e5; i++) { const q = p; p = new Promise(r => r(q)) }",
    ),
    (
        "async recursion",
        "async function f(n) { return n ? await f(n - 1) : 0 } f(1e5).catch(() => {})",
    ),
    (
        "endless async recursion",
        "async function f() { await f() } f().catch(() => {})",
    ),
    (
        "async generators",
        "async function* g(n) { if (n) yield* g(n - 1); yield n } (async () => { for await (const x of g(500)) ; })()",
    ),
    (
        "deep array concat",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; [].concat(a)",
    ),
    ("cyclic array join", "const a = []; a.push(a, a); a.join()"),
    (
        "cyclic console.log",
        "const a = []; a.push(a, a); console.log(a)",
    ),
    (
        "deep console.log",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; console.log(a); console.dir(a, { depth: Infinity })",
    ),
    (
        "deep error causes",
        "let e = new Error('x'); for (let i = 0; i < 1e4; i++) e = new Error('x', { cause: e }); console.log(e)",
    ),
    (
        "deep structuredClone",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; globalThis.structuredClone?.(a)",
    ),
    (
        "regexp groups",
        "new RegExp('(?:'.repeat(2e5) + ')'.repeat(2e5)).test('a')",
    ),
    (
        "regexp captures",
        "new RegExp('('.repeat(2e4) + ')'.repeat(2e4)).test('a')",
    ),
    (
        "regexp lookaheads",
        "new RegExp('(?='.repeat(2e5) + ')'.repeat(2e5)).test('a')",
    ),
    (
        "regexp lookbehinds",
        "new RegExp('(?<='.repeat(2e4) + ')'.repeat(2e4)).test('a')",
    ),
    (
        "regexp sets",
        "new RegExp('['.repeat(2e5) + ']'.repeat(2e5), 'v').test('a')",
    ),
    (
        "regexp quantifiers",
        "new RegExp('(?:'.repeat(300) + 'a' + '*)*'.repeat(300)).test('aaaaaaaaaaaaaaaaaaab')",
    ),
    (
        "regexp alternatives",
        "new RegExp('a|'.repeat(2e5)).test('b')",
    ),
    (
        "regexp counts",
        "new RegExp('(?:(?:(?:a{1000}){1000}){1000}){1000}').test('a')",
    ),
    (
        "regexp backtracking depth",
        "/^(?:a|b)*c/.test('ab'.repeat(1e6))",
    ),
    ("regexp capture depth", "/^(a|b)*c/.test('ab'.repeat(1e6))"),
    ("regexp lazy depth", "/(?:.|\\n)*?$/.exec('ab'.repeat(1e6))"),
    ("regexp backreference", "/(a*)*\\1b/.test('a'.repeat(20))"),
    (
        "nested Function",
        "try { new Function('('.repeat(1e5) + '1' + ')'.repeat(1e5)) } catch (e) { if (!(e instanceof SyntaxError || e instanceof RangeError)) throw 1 }",
    ),
    (
        "nested eval",
        "try { eval('['.repeat(1e5) + ']'.repeat(1e5)) } catch (e) { if (!(e instanceof SyntaxError || e instanceof RangeError)) throw 1 }",
    ),
    (
        "caught at every depth",
        "let n = 0; function f() { try { f() } catch (e) { n++; throw e } finally { n++ } } f()",
    ),
    (
        "finally at every depth",
        "let n = 0; function f() { try { f() } finally { if (n++ < 50) f() } } f()",
    ),
    (
        "throwing in catch at depth",
        "function f() { try { f() } catch (e) { try { f() } catch {} throw e } } let d = Date.now(); function g() { if (Date.now() - d > 300) throw RangeError(); g() } g()",
    ),
    (
        "overflow in sort then use",
        "const a = [3, 2, 1]; function f() { return a.sort(f) } try { f() } catch {} a.push(4); if (a.length < 4) throw 1",
    ),
    (
        "Error.stack at depth",
        "function f(n) { return n ? f(n - 1) : new Error('x').stack } f(5000)",
    ),
    (
        "endless stackTraceLimit",
        "Error.stackTraceLimit = Infinity; function f() { f() } f()",
    ),
    ("many arguments", "Math.max(...new Array(1e6).fill(1))"),
    (
        "more arguments",
        "(function () { return arguments.length })(...new Array(5e6))",
    ),
    (
        "apply with many arguments",
        "(function () { return arguments.length }).apply(null, { length: 2 ** 25 })",
    ),
    (
        "huge apply",
        "Reflect.apply(Math.max, null, { length: 2 ** 53 })",
    ),
    (
        "fromCharCode spread",
        "String.fromCharCode(...new Array(1e6).fill(65))",
    ),
    (
        "bind many arguments",
        "const f = Math.max.bind(null, ...new Array(1e5).fill(1)); f.bind(null, ...new Array(1e5).fill(1))()",
    ),
    (
        "many locals",
        "eval('(function(){' + Array.from({ length: 70000 }, (_, i) => `let v${i}=${i};`).join('') + 'return v69999})()')",
    ),
    (
        "many parameters",
        "Function(...Array.from({ length: 70000 }, (_, i) => 'p' + i), 'return p69999')()",
    ),
    (
        "many functions",
        "eval(Array.from({ length: 70000 }, (_, i) => `function f${i}(){}`).join(''))",
    ),
    (
        "many constants",
        "eval('[' + Array.from({ length: 70000 }, (_, i) => `\"s${i}\"`).join() + ']')",
    ),
    (
        "many properties",
        "eval('({' + Array.from({ length: 70000 }, (_, i) => `p${i}:${i}`).join() + '})')",
    ),
    (
        "many cases",
        "eval('switch (1) {' + Array.from({ length: 70000 }, (_, i) => `case ${i + 2}: break;`).join('') + '}')",
    ),
    (
        "many call arguments",
        "eval('Math.max(' + '1,'.repeat(70000) + ')')",
    ),
    ("long operator chain", "eval('1' + '+1'.repeat(1e5))"),
    ("long comma chain", "eval('1' + ',1'.repeat(1e5))"),
    ("long and chain", "eval('1' + '&&1'.repeat(1e5))"),
    ("long exponent chain", "eval('1' + '**1'.repeat(1e5))"),
    (
        "long assignment chain",
        "var a; eval('a='.repeat(1e5) + '1')",
    ),
    (
        "long member chain",
        "var a = {}; a.a = a; eval('a' + '.a'.repeat(1e5))",
    ),
    (
        "long call chain",
        "var a = () => a; eval('a' + '()'.repeat(1e5))",
    ),
    (
        "long optional chain",
        "var a = {}; a.a = a; eval('a' + '?.a'.repeat(1e5))",
    ),
    (
        "long string concatenation",
        "eval(\"'a'\" + \"+'a'\".repeat(1e5))",
    ),
    (
        "long else-if chain",
        "eval('if (0) ;' + 'else if (0) ;'.repeat(1e5))",
    ),
    ("long statement list", "eval('1;'.repeat(1e6))"),
];

/// Source text that is nested 200,000 deep: a SyntaxError, or it works.
const NESTED: &[(&str, &str, &str, &str)] = &[
    ("parentheses", "(", "1", ")"),
    ("open parentheses", "(", "", ""),
    ("brackets", "[", "", "]"),
    ("open brackets", "[", "", ""),
    ("braces", "{", "", "}"),
    ("open braces", "{", "", ""),
    ("objects", "({a:", "1", "})"),
    ("object values", "x={a:", "1", "}"),
    ("templates", "`${", "1", "}`"),
    ("open templates", "`${", "", ""),
    ("arrows", "a=>", "1", ""),
    ("parenthesized arrows", "(a)=>", "1", ""),
    ("arrow bodies", "()=>{", "", "}"),
    ("arrow parameters", "(a=", "1", ")=>1"),
    ("async arrows", "async a=>", "1", ""),
    ("classes", "class A{a(){", "", "}}"),
    ("class heritage", "class extends(", "1", "){}"),
    ("class fields", "(class{a=", "1", "})"),
    ("static blocks", "class A{static{", "", "}}"),
    ("ifs", "if(1)", ";", ""),
    ("if blocks", "if(1){", "", "}"),
    ("elses", "if(0);else ", ";", ""),
    ("ternaries", "1?", "1", ":1"),
    ("ternary tails", "1?1:", "1", ""),
    ("negations", "!", "1", ""),
    ("minuses", "- ", "1", ""),
    ("typeofs", "typeof ", "1", ""),
    ("voids", "void ", "1", ""),
    ("news", "new ", "A", ""),
    ("new calls", "new A(", "", ")"),
    ("calls", "f(", "", ")"),
    ("indices", "a[", "0", "]"),
    ("functions", "function f(){", "", "}"),
    ("function expressions", "(function(){", "", "})"),
    ("default parameters", "(function(a=", "1", "){})"),
    ("generators", "(function*(){yield ", "1", "})"),
    ("loops", "for(;;)", ";", ""),
    ("for-ins", "for(a in ", "b", ");"),
    ("whiles", "while(0)", ";", ""),
    ("dos", "do ", ";", " while(0)"),
    ("withs", "with(a)", ";", ""),
    ("labels", "a:", ";", ""),
    ("tries", "try{", "", "}catch{}"),
    ("switches", "switch(0){default:", "", "}"),
    ("array patterns", "[", "a", "]"),
    ("declared array patterns", "var ", "a", "=1"),
    ("spreads", "[...", "a", "]"),
    ("exponents", "2**", "2", ""),
    ("assignments", "a=", "1", ""),
    ("ands", "1&&", "1", ""),
    ("coalesces", "1??", "1", ""),
    ("commas", "1,", "1", ""),
    ("pluses", "1+", "1", ""),
    ("members", "a.", "a", ""),
    ("optionals", "a?.", "a", ""),
    ("computed keys", "({[", "1", "]:1})"),
    ("tagged templates", "a`", "", "`"),
    ("comments", "/*", "", "*/"),
    ("deletes", "delete ", "a", ""),
    ("prefix increments", "++", "a", ""),
    ("getters", "({get a(){return ", "1", "}})"),
];

/// Each fills the heap of 64 MB and must end with the message about the limit. A `catch` that
/// swallows the end would print `caught`.
const HEAP: &[Case] = &[
    ("push", "const a = []; for (;;) a.push(1)"),
    ("push objects", "const a = []; for (;;) a.push({ a: 1 })"),
    ("array literal", "let a; for (;;) a = [a, 1, 2, 3]"),
    (
        "elements",
        "const a = []; for (let i = 0; ; i++) a[i] = i + 0.5",
    ),
    (
        "unshift",
        // Arguments that the stack cannot hold would be a RangeError first.
        "const a = []; for (;;) a.unshift(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...a.slice(0, 100000))",
    ),
    (
        "sparse elements",
        "const a = {}; for (let i = 0; ; i++) a[i * 1000] = i",
    ),
    (
        "properties",
        "const o = {}; for (let i = 0; ; i++) o['p' + i] = i",
    ),
    (
        "strings",
        "const a = []; for (let i = 0; ; i++) a.push('string number ' + i)",
    ),
    ("rope", "let s = 'x'; for (let i = 0; ; i++) s += i"),
    (
        "flat strings",
        "const a = []; for (let i = 0; ; i++) { let s = 'abcdefgh'.repeat(1000) + i; s.charCodeAt(3); ({})[s]; a.push(s) }",
    ),
    ("closures", "let f; for (;;) { const g = f; f = () => g }"),
    ("functions", "const a = []; for (;;) a.push(function () {})"),
    (
        "classes",
        "const a = []; for (;;) a.push(class { m() {} static s = 1 })",
    ),
    (
        "Map",
        "const m = new Map(); for (let i = 0; ; i++) m.set(i, i)",
    ),
    (
        "Set",
        "const s = new Set(); for (let i = 0; ; i++) s.add(i)",
    ),
    (
        "WeakMap",
        "const m = new WeakMap(), a = []; for (;;) { const k = {}; a.push(k); m.set(k, 1) }",
    ),
    (
        "Map of strings",
        "const m = new Map(); for (let i = 0; ; i++) m.set('k' + i, [i])",
    ),
    (
        "typed arrays",
        "const a = []; for (;;) a.push(new Uint8Array(10))",
    ),
    (
        "large typed arrays",
        "const a = []; try { for (;;) a.push(new Float64Array(1e5)) } catch (e) { if (!(e instanceof RangeError)) throw e; for (;;) a.push({}) }",
    ),
    (
        "DataViews",
        "const a = [], b = new ArrayBuffer(8); for (;;) a.push(new DataView(b))",
    ),
    (
        "ArrayBuffers",
        "const a = []; try { for (;;) a.push(new ArrayBuffer(1000)) } catch (e) { if (!(e instanceof RangeError)) throw e; for (;;) a.push({}) }",
    ),
    (
        "BigInt growth",
        "let x = 3n; const a = []; try { for (;;) { x = x * x; a.push(x) } } catch (e) { if (!(e instanceof RangeError)) throw e; for (;;) a.push({}) }",
    ),
    ("BigInts", "const a = []; for (let i = 0n; ; i++) a.push(i)"),
    (
        "large BigInts",
        "const a = []; for (let i = 1n; ; i++) a.push(1n << 100000n)",
    ),
    (
        "numbers",
        "const a = [{}]; for (let i = 0; ; i++) a.push(i + 0.1)",
    ),
    (
        "regexp results",
        "const a = []; for (;;) a.push(/(a)(b)(?<c>c)/.exec('abc'))",
    ),
    (
        "regexps",
        "const a = []; for (let i = 0; ; i++) a.push(new RegExp('a' + i))",
    ),
    (
        "JSON.parse",
        "const a = []; for (;;) a.push(JSON.parse('{\"a\":[1,2,{\"b\":\"text\"}]}'))",
    ),
    (
        "JSON.parse distinct keys",
        "const a = []; for (let i = 0; ; i++) a.push(JSON.parse(`{\"a${i}\":[1,2,{\"b${i}\":\"text\"}]}`))",
    ),
    (
        "promises",
        "const a = []; for (;;) a.push(new Promise(() => {}))",
    ),
    ("promise jobs", "for (;;) Promise.resolve(1).then(() => 1)"),
    (
        "endless microtasks",
        "const a = []; function f() { a.push({}); a.push([1, 2, 3]); Promise.resolve().then(f) } f()",
    ),
    ("timers", "for (;;) setTimeout(() => 1, 1e6)"),
    (
        "generators",
        "const a = []; function* g() { yield 1 } for (;;) { const i = g(); i.next(); a.push(i) }",
    ),
    (
        "async functions",
        "const a = []; async function f() { await new Promise(() => {}) } for (;;) a.push(f())",
    ),
    ("symbols", "const a = []; for (;;) a.push(Symbol('x'))"),
    (
        "registered symbols",
        "for (let i = 0; ; i++) Symbol.for('symbol' + i)",
    ),
    ("dates", "const a = []; for (;;) a.push(new Date())"),
    ("errors", "const a = []; for (;;) a.push(new Error('x'))"),
    (
        "proxies",
        "const a = []; for (;;) a.push(new Proxy({}, {}))",
    ),
    (
        "bound functions",
        "const a = []; for (;;) a.push(Math.max.bind(null, 1, 2))",
    ),
    ("iterators", "const a = []; for (;;) a.push([1].values())"),
    (
        "arguments",
        "const a = []; (function () { for (;;) a.push((function () { return arguments })(1, 2)) })()",
    ),
    (
        "repeat",
        "const a = []; try { for (;;) a.push('x'.repeat(1e6)) } catch (e) { if (!(e instanceof RangeError)) throw e; for (;;) a.push({}) }",
    ),
    (
        "join",
        "const a = new Array(1e4).fill('abcdef'), b = []; try { for (;;) b.push(a.join()) } catch (e) { if (!(e instanceof RangeError)) throw e; for (;;) a.push({}) }",
    ),
    ("spread", "let a = [1]; for (;;) a = [...a, ...a]"),
    (
        "concat",
        "let a = [1]; try { for (;;) a = a.concat(a) } catch (e) { if (!(e instanceof RangeError)) throw e; for (;;) a.push({}) }",
    ),
    (
        "split",
        "const a = [], s = 'a,b,c,d,e,f,g,h'.repeat(100); for (;;) a.push(s.split(','))",
    ),
    (
        "from",
        "const a = []; for (;;) a.push(Array.from({ length: 100 }, (_, i) => i))",
    ),
    (
        "endless iterable",
        "Array.from({ *[Symbol.iterator]() { for (;;) yield {} } })",
    ),
    (
        "endless spread",
        "[...{ *[Symbol.iterator]() { for (;;) yield 1 } }]",
    ),
    (
        "endless spread call",
        "Math.max(...{ *[Symbol.iterator]() { for (;;) yield 1 } })",
    ),
    (
        "endless Set",
        "new Set({ *[Symbol.iterator]() { for (let i = 0; ; i++) yield i } })",
    ),
    (
        "Object.entries",
        "const a = [], o = { a: 1, b: 2, c: 3 }; for (;;) a.push(Object.entries(o))",
    ),
    (
        "eval",
        "const a = []; for (let i = 0; ; i++) a.push(eval('(function () { return ' + i + ' })'))",
    ),
    (
        "Function",
        "const a = []; for (let i = 0; ; i++) a.push(Function('return ' + i))",
    ),
    ("globals", "for (let i = 0; ; i++) globalThis['g' + i] = i"),
    (
        "templates",
        "const a = []; for (let i = 0; ; i++) a.push(`template ${i} and ${i}`)",
    ),
    (
        "substrings",
        "const a = [], s = 'abcdefghijklmnopqrstuvwxyz'.repeat(100); for (let i = 0; ; i++) a.push(s.substring(i % 100, i % 100 + 30))",
    ),
    (
        "in native code",
        "const a = []; [1].forEach(() => { for (;;) a.push({}) })",
    ),
    (
        "in a sort",
        "const a = []; [2, 1].sort(() => { for (;;) a.push({}) })",
    ),
    (
        "in toString",
        "const a = []; '' + { toString() { for (;;) a.push({}) } }",
    ),
    (
        "in a promise",
        "const a = []; Promise.resolve().then(() => { for (;;) a.push({}) }).catch(() => console.log('caught')); throw 0",
    ),
    (
        "in finally",
        "const a = []; try { for (;;) a.push({}) } finally { for (;;) { console.log('caught'); break } }",
    ),
    (
        "in a generator",
        "const a = []; function* g() { try { for (;;) a.push({}) } finally { console.log('caught') } } for (const x of g()) ;",
    ),
    (
        "recursion keeps",
        "const a = []; function f() { a.push([1, 2, 3, 4, 5, 6]); try { f() } catch (e) { if (!(e instanceof RangeError)) console.log('caught') } f() } f()",
    ),
];

/// Each throws a RangeError at once.
const IMPOSSIBLE: &[Case] = &[
    ("ArrayBuffer", "new ArrayBuffer(2 ** 53 - 1)"),
    ("ArrayBuffer 1 TB", "new ArrayBuffer(2 ** 40)"),
    (
        "resizable ArrayBuffer",
        "new ArrayBuffer(0, { maxByteLength: 2 ** 53 - 1 })",
    ),
    (
        "ArrayBuffer resize",
        "new ArrayBuffer(0, { maxByteLength: 10 }).resize(11)",
    ),
    (
        "ArrayBuffer transfer",
        "new ArrayBuffer(0).transfer(2 ** 52)",
    ),
    ("SharedArrayBuffer", "new SharedArrayBuffer(2 ** 53 - 1)"),
    (
        "growable SharedArrayBuffer",
        "new SharedArrayBuffer(0, { maxByteLength: 2 ** 53 - 1 })",
    ),
    ("repeat", "'x'.repeat(2 ** 30)"),
    ("repeat more", "'xyz'.repeat(2 ** 50)"),
    ("repeat infinity", "'x'.repeat(Infinity)"),
    ("padStart", "'x'.padStart(2 ** 30)"),
    ("padEnd", "'x'.padEnd(2 ** 40, 'abc')"),
    ("Array", "new Array(2 ** 32)"),
    ("Array length", "[].length = 2 ** 32"),
    (
        "Array.from",
        "Array.from({ length: 2 ** 32 }, () => { throw RangeError() })",
    ),
    ("toReversed", "[].toReversed.call({ length: 2 ** 32 })"),
    ("toSorted", "[].toSorted.call({ length: 2 ** 32 })"),
    ("with", "[].with.call({ length: 2 ** 32 }, 0, 0)"),
    ("Uint8Array", "new Uint8Array(1e12)"),
    ("Float64Array", "new Float64Array(2 ** 53 - 1)"),
    ("Uint8Array like", "new Uint8Array({ length: 2 ** 50 })"),
    ("BigInt shift", "1n << (1n << 40n)"),
    ("BigInt power", "2n ** (2n ** 40n)"),
    ("BigInt asUintN", "BigInt.asUintN(2 ** 53 - 1, -1n)"),
    ("string doubling", "let s = 'x'; for (;;) s += s"),
    ("join", "new Array(2 ** 29).join('ab')"),
    (
        "replaceAll",
        "'a'.repeat(2 ** 20).replaceAll('a', 'b'.repeat(2 ** 20))",
    ),
    (
        "replace regexp",
        "'a'.repeat(2 ** 20).replace(/a/g, 'b'.repeat(2 ** 20))",
    ),
    (
        "replace expansion",
        "'a'.repeat(2 ** 20).replace(/a/g, '$`'.repeat(2 ** 15))",
    ),
    (
        "concat",
        "const s = 'x'.repeat(2 ** 28); s.concat(s, s, s, s)",
    ),
    (
        "template",
        "const s = 'x'.repeat(2 ** 28); `${s}${s}${s}${s}`",
    ),
    (
        "String.raw",
        "const s = 'x'.repeat(2 ** 28); String.raw({ raw: [s, s, s, s] })",
    ),
    (
        "JSON.stringify",
        "const s = '\\u0001'.repeat(2 ** 27); JSON.stringify([s])",
    ),
    ("escape", "escape('\\u1234'.repeat(2 ** 27))"),
    (
        "encodeURIComponent",
        "encodeURIComponent('\\u1234'.repeat(2 ** 26))",
    ),
    ("toFixed", "1..toFixed(101)"),
    ("apply", "Math.max.apply(null, { length: 2 ** 32 })"),
    ("toString radix", "1..toString(99)"),
    ("Invalid Date", "new Date(NaN).toISOString()"),
    ("Atomics", "Atomics.load(new Int32Array(1), 2 ** 53)"),
    (
        "DataView",
        "new DataView(new ArrayBuffer(1)).getInt8(2 ** 53 - 1)",
    ),
    ("normalize", "''.normalize('x')"),
    ("fill endless", "Array(2 ** 31).fill(0)"),
];

fn sarus() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sarus"))
}

/// The output of a command, which may not take too long.
fn run(mut command: Command, input: Option<&[u8]>) -> Result<Output, String> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|e| e.to_string())?;
    if let Some(mut pipe) = child.stdin.take() {
        // A child that ends early does not read everything.
        let _ = pipe.write_all(input.unwrap_or_default());
    }
    let id = child.id();
    let start = Instant::now();
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let guard = std::thread::spawn(move || {
        if wait.recv_timeout(PATIENCE).is_err() {
            let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
        }
    });
    let output = child.wait_with_output().map_err(|e| e.to_string())?;
    let _ = done.send(());
    let _ = guard.join();
    if start.elapsed() >= PATIENCE {
        return Err(format!("still ran after {PATIENCE:?}"));
    }
    Ok(output)
}

/// Runs all cases on a few threads and panics with the list of those that `check` rejects.
fn all<T: Sync>(cases: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failures = std::sync::Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) =
                    cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    if let Err(message) = check(case)
                        && let Ok(mut list) = failures.lock()
                    {
                        list.push(message);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn describe(name: &str, what: &str, output: &Output) -> String {
    let start =
        |bytes: &[u8]| -> String { String::from_utf8_lossy(bytes).chars().take(300).collect() };
    format!(
        "{name}: {what}: {:?}\n  stdout: {}\n  stderr: {}",
        output.status,
        start(&output.stdout),
        start(&output.stderr)
    )
}

/// Runs a program that must end in order and print `expected`.
fn prints(name: &str, code: &str, expected: &str) -> Result<(), String> {
    let output = run(sarus(), Some(code.as_bytes())).map_err(|e| format!("{name}: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && text.trim_end().ends_with(expected) {
        Ok(())
    } else {
        Err(describe(name, "wrong end", &output))
    }
}

fn throws_range_error(case: &Case) -> Result<(), String> {
    let (name, code) = case;
    let program = format!(
        "let thrown; try {{ (function () {{ {code}\n }})() }} catch (e) {{ thrown = e }} \
         delete Error.prepareStackTrace; \
         console.log(thrown instanceof RangeError ? 'as expected' : thrown);"
    );
    prints(name, &program, "as expected")
}

#[test]
#[ignore = "takes minutes: cargo test --test robustness -- --ignored"]
fn unbounded_recursion_throws() {
    all(OVERFLOWS, throws_range_error);
}

#[test]
#[ignore = "takes minutes: cargo test --test robustness -- --ignored"]
fn impossible_requests_throw() {
    all(IMPOSSIBLE, throws_range_error);
}

#[test]
#[ignore = "takes minutes: cargo test --test robustness -- --ignored"]
fn deep_structures_work_or_throw() {
    all(SURVIVES, |(name, code)| {
        let program = format!(
            "try {{ (function () {{ {code}\n }})() }} catch (e) {{ \
             if (!(e instanceof RangeError || e instanceof SyntaxError)) throw e }} \
             setTimeout(() => console.log('end'), 0)"
        );
        prints(name, &program, "end")
    });
}

#[test]
#[ignore = "takes minutes: cargo test --test robustness -- --ignored"]
fn deep_nesting_is_a_syntax_error_or_works() {
    all(NESTED, |(name, open, middle, close)| {
        for depth in [2_000, 200_000] {
            let text = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
            let mut command = sarus();
            command.args(["--check", "-"]);
            let output = run(command, Some(text.as_bytes())).map_err(|e| format!("{name}: {e}"))?;
            if !matches!(output.status.code(), Some(0 | 1)) {
                return Err(describe(name, "check", &output));
            }
            let text = format!(
                "try {{ (0, eval)({open:?}.repeat({depth}) + {middle:?} + {close:?}.repeat({depth})) }} \
                 catch {{}} console.log('end')"
            );
            let endless = matches!(*name, "loops");
            if !endless {
                prints(name, &text, "end")?;
            }
        }
        Ok(())
    });
}

#[test]
#[ignore = "takes minutes: cargo test --test robustness -- --ignored"]
fn full_heap_ends_with_a_message() {
    all(HEAP, |(name, code)| {
        let mut command = sarus();
        command.args(["--max-heap-size=64", "-"]);
        let program = format!(
            "try {{ (function () {{ {code}\n }})() }} catch (e) {{ if (e !== 0) console.log('caught', e) }}"
        );
        let output = run(command, Some(program.as_bytes())).map_err(|e| format!("{name}: {e}"))?;
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        let ended = output.status.code().is_some_and(|c| c != 0 && c != 101);
        if ended && err.contains("heap") && err.contains("64 MB") && !out.contains("caught") {
            Ok(())
        } else {
            Err(describe(name, "no heap message", &output))
        }
    });
}

/// A file in the temporary folder of the build.
fn file(name: &str, content: &[u8]) -> String {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, content).expect("write");
    path
}

#[test]
fn unreadable_input_gets_a_message() {
    let invalid = file("invalid-utf8.js", b"let a = '\xff\xfe';");
    let empty = file("empty.js", b"");
    let folder = env!("CARGO_TARGET_TMPDIR").to_string();
    /// Name, arguments, standard input, exit code, text on standard error.
    type Case<'a> = (&'a str, Vec<&'a str>, &'a [u8], i32, &'a str);
    let cases: [Case; 9] = [
        ("invalid UTF-8", vec![&invalid], b"", 9, "not valid UTF-8"),
        (
            "invalid UTF-8 on stdin",
            vec!["-"],
            b"\xff",
            9,
            "not valid UTF-8",
        ),
        ("empty", vec![&empty], b"", 0, ""),
        ("empty stdin", vec!["-"], b"", 0, ""),
        ("empty -e", vec!["-e", ""], b"", 0, ""),
        (
            "missing",
            vec!["/nonexistent/file.js"],
            b"",
            9,
            "/nonexistent/file.js",
        ),
        ("folder", vec![&folder], b"", 9, "sarus: "),
        ("-e without code", vec!["-e"], b"", 9, "sarus: "),
        (
            "unknown option",
            vec!["--no-such-option"],
            b"",
            9,
            "sarus: ",
        ),
    ];
    for (name, arguments, input, code, message) in &cases {
        let mut command = sarus();
        command.args(arguments);
        let output = run(command, Some(input)).expect(name);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(*code) && err.contains(message),
            "{}",
            describe(name, "wrong end", &output)
        );
    }
}
