class Empty {}
class Base { constructor(a) { this.a = a; } method() { return Base; } static s() { return this; } get x() { return 1; } set x(v) {} ["k" + 1]() {} }
class Derived extends Base { constructor() { super(1); const f = () => this; f(); return undefined; } method() { return super.method(); } }
class Arrow extends Base { constructor() { const f = () => super(...arguments); f(); super.x = 1; } }
class Implicit extends f() {}
class Fields extends Base { a = 1; #b = this.a; ["c" + d] = () => this; static e = Fields; static { this.f = Fields.#p; var v; } static #p = 2; g; 1 = 2; }
class Privates { #f = 1; #m() { return 1; } get #a() { return 2; } set #a(v) {} static #s() {} test(o) { return #f in o && (o.#f = this.#m() + this.#a, o.#a++, o?.#f, Privates.#s()); } }
var anonymous = class { static name = 1; }, named = class Inner { m() { return Inner; } };
var computed = { [k]: class {} };
class Nul extends null {}
class Caught extends Base { constructor(a) { try { super(); return a; } catch { return 1; } finally { let b = () => b; } } }
