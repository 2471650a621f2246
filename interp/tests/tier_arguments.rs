//! Arguments objects and calls whose arguments stand in a list: in every mode the answers are the interpreter's.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

#[test]
fn constructors_of_class_helpers() {
    let source = r"
        var out = [];
        function log(x) { out.push(x); }
        var Class = { create: function () { return function () { this.initialize.apply(this, arguments); } } };
        var P = Class.create(); P.prototype = { z: 0, initialize: function (x, y) { this.x = x; this.y = y; } };
        var Q = Class.create(); Q.prototype = { z: 0, initialize: function (x, y) { this.p = new P(x, y); this.y = y; } };
        var R = Class.create(); R.prototype = { initialize: function () { this.n = arguments.length; this.s = 0; for (var i = 0; i < arguments.length; i++) this.s += arguments[i]; } };
        var S = Class.create(); S.prototype = { initialize: function (a, b, c) { this.t = [a, b, c].join(); } };
        var T = Class.create(); T.prototype = { initialize: function (...r) { this.t = r.join(); } };
        var U = Class.create(); U.prototype = { initialize: function (a) { if (a === 77) throw new Error('seventy'); this.a = a; } };
        function make(i) {
          var q = new Q(i, 2), p = new P(i), r = new R(i, i, 1), s = new S(i, 'b'), t = new T(1, i), u;
          try { u = new U(i).a } catch (e) { u = e.message }
          return q.p.x + q.y + p.x + (p.y === undefined ? 1 : 2) + r.n + r.s + s.t + t.t + u;
        }
        for (var i = 0; i < 60; i++) log(make(i));
        P.prototype.initialize = function (x) { this.x = -x; };
        for (var i = 0; i < 20; i++) log(make(i));
        var h = 0; for (var s of out) { s = String(s); for (var j = 0; j < s.length; j++) h = h * 31 + s.charCodeAt(j) | 0; }
        out.length + ':' + h
    ";
    assert_eq!(run(source), "80:196797389");
}

#[test]
fn lists_of_every_kind() {
    let source = r"
        var out = [];
        function log(x) { out.push(x); }
        function sum() { var s = 0; for (var i = 0; i < arguments.length; i++) s += arguments[i]; return s + ':' + arguments.length; }
        function fwd() { return sum.apply(this, arguments); }
        function fwdChanged(a) { arguments[0] = 5; return sum.apply(null, arguments); }
        function fwdLength() { arguments.length = 1; return sum.apply(null, arguments); }
        function fwdLonger() { arguments.length = 6; return sum.apply(null, arguments); }
        function fwdDeleted() { delete arguments[1]; return sum.apply(null, arguments); }
        function fwdMapped(a, b) { a = 9; return sum.apply(null, arguments); }
        function fwdStrict(a, b) { 'use strict'; a = 9; return sum.apply(null, arguments); }
        function fwdGetter() { Object.defineProperty(arguments, '0', { get() { return 40; } }); return sum.apply(null, arguments); }
        function fwdReflect() { return Reflect.apply(sum, null, arguments); }
        function fwdLeak() { var r = sum.apply(null, arguments); leaked = arguments; return r; }
        function fwdCallee() { 'use strict'; try { return arguments.callee; } catch (e) { return e.constructor.name; } }
        function fwdCallee2() { return arguments.callee === fwdCallee2 && arguments[Symbol.iterator] === Array.prototype.values && Object.prototype.toString.call(arguments); }
        function names() { return Object.getOwnPropertyNames(arguments).join() + JSON.stringify(Object.getOwnPropertyDescriptor(arguments, 'length')); }
        function namesStrict() { 'use strict'; return Object.getOwnPropertyNames(arguments).join() + JSON.stringify(Object.getOwnPropertyDescriptor(arguments, 'length')); }
        var leaked;
        function arr(f, list) { return f.apply(null, list); }
        function two(a, b) { return '' + a + b; }
        var holes = [1, , 3];
        function all(i) {
          var r = [fwd(), fwd(i), fwd(i, 2), fwd(i, 2, 3, 4, 5), fwdChanged(i, 2), fwdLength(i, 7), fwdLonger(i), fwdDeleted(i, 2, 3), fwdMapped(i, 2), fwdStrict(i, 2), fwdGetter(i, 2), fwdReflect(i, 2),
            fwdLeak(i), leaked.length, fwdCallee(), fwdCallee2(1), names(1, 2), namesStrict(1, 2)];
          r.push(arr(sum, [i, 1]), arr(sum, holes), arr(two, [i]), arr(two, [i, 1, 2]), arr(two, []), arr(Math.max, [i, 3]));
          r.push(sum.apply(null), sum.apply(null, undefined), sum.apply(null, null), two.apply(null, { length: 1, 0: i }));
          try { sum.apply(null, i); } catch (e) { r.push(e.message); }
          try { arr(undefined, []); } catch (e) { r.push(e.constructor.name); }
          try { arr(class { }, []); } catch (e) { r.push(e.constructor.name); }
          return r.join();
        }
        for (var i = 0; i < 40; i++) log(all(i));
        Array.prototype[1] = 'P'; Object.prototype[3] = 'O';
        for (var i = 0; i < 12; i++) log(all(i));
        delete Array.prototype[1]; delete Object.prototype[3];
        for (var i = 0; i < 12; i++) log(all(i) + arr(i & 1 ? sum : two, i & 2 ? [1, 2] : arguments0(i)));
        function arguments0() { return arguments; }
        var h = 0; for (var s of out) { s = String(s); for (var j = 0; j < s.length; j++) h = h * 31 + s.charCodeAt(j) | 0; }
        out.length + ':' + h
    ";
    assert_eq!(run(source), "64:1051369962");
}

#[test]
fn proxies_long_lists_and_a_changed_apply() {
    let source = r"
        var out = [];
        function log(x) { out.push(x); }
        function sum() { var s = 0; for (var i = 0; i < arguments.length; i++) s += arguments[i]; return s + ':' + arguments.length; }
        function fwd() { return sum.apply(this, arguments); }
        function two(a, b) { return '' + a + b; }
        function arr(f, list) { return f.apply(null, list); }
        var log1 = [];
        var pr = new Proxy([1, 2, 3], { get(t, k) { log1.push(String(k)); return t[k]; } });
        for (var i = 0; i < 30; i++) log(arr(sum, i % 7 ? [i] : pr));
        log(log1.join());
        var big = []; for (var i = 0; i < 500; i++) big.push(i);
        for (var i = 0; i < 30; i++) log(arr(sum, i % 9 ? [i] : big) + arr(two, i % 5 ? [i] : big));
        function deep(n) { return n === 0 ? fwd(1, 2, 3) : deep.apply(this, [n - 1]) ; }
        for (var i = 0; i < 30; i++) log(deep(i));
        var saved = Function.prototype.apply;
        Function.prototype.apply = function () { return 'patched' };
        for (var i = 0; i < 10; i++) log(fwd(1, 2));
        Function.prototype.apply = saved;
        for (var i = 0; i < 10; i++) log(fwd(1, 2));
        var h = 0; for (var s of out) { s = String(s); for (var j = 0; j < s.length; j++) h = h * 31 + s.charCodeAt(j) | 0; }
        out.length + ':' + h
    ";
    assert_eq!(run(source), "111:2046244107");
}

#[test]
fn rest_parameters_and_spreads() {
    let source = r"
        var out = [];
        function log(x) { out.push(x); }
        function sum() { var s = 0; for (var i = 0; i < arguments.length; i++) s += arguments[i]; return s + ':' + arguments.length; }
        function rsum(...l) { let s = 0; for (let i = 0; i < l.length; i++) s += l[i]; return s + ';' + l.length; }
        function tail(a, ...l) { return a + '|' + l.join(); }
        function two(a, b) { return '' + a + b; }
        function none() { return 'n'; }
        class A { constructor(a, b) { this.a = a; this.b = b; } }
        class B extends A { constructor(...args) { super(...args); this.c = args.length; } }
        class C { constructor(...args) { this.l = args; } }
        class D extends B { }
        function fwd(...args) { return sum(...args); }
        function fwdR(...args) { return rsum(...args); }
        function fwdT(...args) { return tail(...args); }
        function fwd2(...args) { return two(...args); }
        function fwd1(...args) { return two(1, ...args); }
        function fwdLen(...args) { return args.length + '' + args[0] + args[5]; }
        function fwdCh(...args) { args[0] = 9; args.push(4); return sum(...args); }
        function fwdEsc(...args) { kept = args; return two(...args); }
        function fwdRest(a, b, ...args) { return two(...args) + args.length + a + b; }
        function fwdRestE(a, ...args) { kept = args; args.push(a); args.length = 2; return args.join('-'); }
        function fwdThis(...args) { return this.m(...args); }
        function fwdNew(...args) { const o = new A(...args); return o.a + '' + o.b; }
        function fwdNewB(...args) { const o = new B(...args); return o.a + '' + o.b + o.c; }
        function fwdNewC(...args) { const o = new C(...args); return o.l.join(); }
        function fwdMath(...args) { return Math.max(...args) + Math.min(0, ...args); }
        function fwdNone(...args) { return none(...args); }
        function unused(...args) { return 1; }
        function both(...args) { arguments[0] = 7; return args[0] + '' + arguments[0] + arguments.length; }
        function inner(...args) { const f = () => args.length + args[0]; return f() + two(...args); }
        function thrower(...args) { try { return bad(...args); } catch (e) { return e.message; } }
        function bad(a, b) { if (a > 5) throw new Error('bad' + a + b); return a; }
        function spreads(f, l) { return f(...l); }
        function spreads1(f, x, l) { return f(x, ...l); }
        function literal(i) { const l = [1, 2, i]; return sum(...l) + two(...l) + two(i, ...l) + Math.max(...l); }
        function grow(i) { const l = []; for (let k = 0; k < i % 5; k++) l.push(k); return rsum(...l) + two(...l); }
        function notFn(l) { try { return undefined_(...l); } catch (e) { return e.message; } }
        var undefined_;
        var kept;
        var o = { m(a, b, c) { return this.k + a + b + c; }, k: 'k' };
        function* gen(n) { for (let i = 0; i < n; i++) yield i; }
        function all(i) {
          var r = [fwd(), fwd(i), fwd(i, 1, 2, 3), fwdR(), fwdR(i, 1), fwdT(), fwdT(i, 4, 5), fwd2(), fwd2(i), fwd2(i, 2, 3), fwd1(), fwd1(i), fwd1(i, 3), fwdLen(), fwdLen(i, 1, 2, 3, 4, 5, 6),
            fwdCh(i, 1), fwdCh(), fwdEsc(i, 2, 3), kept.length, fwdRest(), fwdRest(1, 2), fwdRest(1, 2, i, 4), fwdRestE(i), kept.length, fwdRestE(i, 1, 2, 3), kept.length, fwdThis.call(o, i, 2), fwdNew(), fwdNew(i, 2, 3), fwdNewB(i), fwdNewB(1, i, 3),
            fwdNewC(), fwdNewC(i, 2), fwdMath(i, 5), fwdMath(), fwdNone(i), unused(1, 2), both(i, 2), inner(i), inner(), thrower(i % 10, 2), new D(i, 2).c, new D().a];
          r.push(spreads(sum, [i, 1]), spreads(sum, holes), spreads(two, [i]), spreads(two, 'xyz'), spreads(two, new Set([i, 2])), spreads(rsum, gen(i % 4)), spreads(Math.max, [1, i]), spreads1(two, i, [3, 4]), spreads1(tail, i, holes), literal(i), grow(i));
          r.push(notFn([i]));
          try { spreads(A, [1]); } catch (e) { r.push(e.message); }
          try { spreads(sum, i); } catch (e) { r.push(e.constructor.name); }
          return r.join();
        }
        var holes = [1, , 3];
        for (var i = 0; i < 30; i++) log(all(i));
        Array.prototype[1] = 'P';
        for (var i = 0; i < 12; i++) log(all(i));
        delete Array.prototype[1];
        var h = 0; for (var s of out) { s = String(s); for (var j = 0; j < s.length; j++) h = h * 31 + s.charCodeAt(j) | 0; }
        out.length + ':' + h
    ";
    assert_eq!(run(source), "42:1322675205");
}

#[test]
fn changed_iteration_and_long_spreads() {
    let source = r"
        var out = [];
        function log(x) { out.push(x); }
        function sum() { var s = 0; for (var i = 0; i < arguments.length; i++) s += arguments[i]; return s + ':' + arguments.length; }
        function rsum(...l) { let s = 0; for (let i = 0; i < l.length; i++) s += l[i]; return s + ';' + l.length; }
        function tail(a, ...l) { return a + '|' + l.join(); }
        function two(a, b) { return '' + a + b; }
        function none() { return 'n'; }
        class A { constructor(a, b) { this.a = a; this.b = b; } }
        var holes = [1, , 3];
        function fwd2(...args) { return two(...args); }
        function fwdNew(...args) { const o = new A(...args); return o.a + '' + o.b; }
        function mono(l) { return two(...l) + sum(...l) + rsum(1, ...l) + new A(...l).b + tail(...l); }
        for (var i = 0; i < 30; i++) log(mono([i, i + 1, i + 2].slice(0, i % 4)));
        log(mono(holes));
        var big = []; for (var i = 0; i < 300; i++) big.push(i);
        log(mono(big)); log(mono(big));
        var count = 0;
        var values = Array.prototype[Symbol.iterator];
        Array.prototype[Symbol.iterator] = function () { count++; return values.call(this); };
        for (var i = 0; i < 20; i++) log(mono([i, i + 1]) + fwd2(i, 2) + fwdNew(1, i) + count);
        Array.prototype[Symbol.iterator] = values;
        for (var i = 0; i < 20; i++) log(mono([i, i + 1]) + fwd2(i, 2) + fwdNew(1, i) + count);
        var proto = Object.getPrototypeOf([][Symbol.iterator]()), next = proto.next;
        proto.next = function () { count++; return next.call(this); };
        for (var i = 0; i < 20; i++) log(mono([i, i + 1]) + fwd2(i, 2) + fwdNew(1, i) + count);
        proto.next = next;
        for (var i = 0; i < 20; i++) log(mono([i, i + 1]) + fwd2(i, 2) + count);
        class Sub extends Array { *[Symbol.iterator]() { yield 'sub'; yield this.length; } }
        for (var i = 0; i < 10; i++) log(mono(i === 5 ? Sub.of(1, 2, 3) : [i]) );
        var h = 0; for (var s of out) { s = String(s); for (var j = 0; j < s.length; j++) h = h * 31 + s.charCodeAt(j) | 0; }
        out.length + ':' + h
    ";
    assert_eq!(run(source), "123:1165385795");
}
