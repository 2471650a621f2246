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
