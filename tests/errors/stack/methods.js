const show = e => console.log(e.stack.split('\n').slice(1, 4).join('\n'));
function fail() { show(new Error('x')); }
const o = { m() { fail(); }, get x() { return fail(); }, set y(v) { fail(); }, f: function () { fail(); }, n: function named() { fail(); } };
o.m(); o.x; o.y = 1; o.f(); o.n(); o.alias = o.m; o.alias(); o.m.call('text');
class A { constructor() { fail(); } m() { fail(); } static s() { fail(); } get g() { return fail(); } #p() { fail(); } p() { this.#p(); } }
const a = new A(); a.m(); A.s(); a.g; a.p(); A.prototype.m(); class B extends A {} new B();
class C { f = fail(); } new C(); new (class { constructor() { fail(); } })();
(function () { fail(); })(); (() => fail())(); new Proxy(o, {}).m(); [o.m][0]();
