var log = [];
function show(o) { return Reflect.ownKeys(o).map(k => String(k) + '=' + String(o[k])).join() + ' ' + JSON.stringify(Object.getOwnPropertyDescriptors(o)).length; }
function T(f) { for (var i = 0; i < 4; i++) log.push(String(f(i))); }
// copies of objects
var src = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
T(() => show({ ...src }));
T(i => show({ ...src, a: i, g: i }));
T(i => show({ x: 1, ...src, a: i }));
T(i => show(Object.assign({}, src, { a: i })));
T(i => show(Object.assign({ z: i }, src)));
T(() => { var o = Object.assign({}, src); o.a = 9; delete o.b; return show(o) + show(src); });
T(() => show({ ...{ get a() { return 5; }, b: 1 } }));
T(() => show({ ...Object.defineProperty({ a: 1, h: 2 }, 'h', { enumerable: false }) }));
T(() => show({ ...Object.freeze({ a: 1, h: 2 }) }));
T(() => show(Object.assign({}, Object.freeze({ a: 1, h: 2 }))));
T(() => show({ ...{ [Symbol.iterator]: 1, a: 2 } }));
T(() => show({ ...{ 1: 1, a: 2, 0: 4 } }));
T(() => show({ ...[1, 2] }) + show({ ...'ab' }) + show({ ...null }) + show({ ...5 }));
T(() => show(Object.assign(Object.create(null), { a: 1, b: 2 })));
T(() => show(Object.assign(Object.create({ set a(v) { log.push('set a ' + v); } }), { a: 1, b: 2 })));
T(i => { if (i === 2) Object.defineProperty(Object.prototype, 'b', { set(v) { log.push('set b ' + v); }, configurable: true }); var r = show(Object.assign({}, { a: 1, b: 2 })) + show({ ...{ a: 1, b: 2 } }); delete Object.prototype.b; return r; });
T(i => { if (i > 1) Object.defineProperty(Object.prototype, 'b', { value: 1, writable: false, configurable: true }); try { return show(Object.assign({}, { a: 1, b: 2 })); } catch (e) { return e.constructor.name; } finally { delete Object.prototype.b; } });
T(() => { var o = JSON.parse('{"__proto__":{"x":1},"a":2}'); var c = Object.assign({}, o), d = { ...o }; return show(c) + (c.x) + show(d) + (d.x); });
T(() => { try { return show(Object.assign(Object.preventExtensions({}), { a: 1 })); } catch (e) { return e.constructor.name; } });
T(() => show(Object.assign(new (class { }), { a: 1 })) + show(Object.assign(function () { }, { a: 1 }).a.constructor === Number ? {} : 1));
T(() => show(Object.assign(new Proxy({}, { set(t, k, v) { log.push('trap ' + k); t[k] = v; return true; } }), { a: 1, b: 2 })));
T(() => { class P { #p = 1; a = 2; static has(o) { return #p in o; } } var c = { ...new P }; return show(c) + P.has(c); });
T(() => { var o = {}; for (var i = 0; i < 600; i++) o['k' + i] = i; return Object.keys({ ...o }).length; });
T(() => { var o = { a: 1 }; var p = Object.create(o); o.b = 2; return show({ ...o }) + show(Object.assign({}, o)); });
T(() => { var o = {}; for (var i = 0; i < 30; i++) o['k' + i] = i; var c = { ...o }; c.more = 1; return show(c); });
// lists of iterators
var m = new Map([['a', 1], ['b', 2], ['c', 3]]), s = new Set([1, 2, 3, 4]);
T(() => [...m].join('|') + [...m.keys()] + [...m.values()] + [...m.entries()].length + [...s] + [...s.entries()]);
T(() => Array.from(m).join('|') + Array.from(m.keys()) + Array.from(s, x => x * 2) + Array.from(s).length);
T(() => { var it = m.keys(); it.next(); var r = [0, ...it, ...it, 9]; return r.join() + it.next().done; });
T(() => { var t = new Set([1, 2, 3, 4, 5]); t.delete(2); var it = t.values(); it.next(); t.delete(1); t.add(7); return [...it].join() + [...t].join(); });
T(() => [...[1, , 3]].map(String).join() + [...[1, 2], ...[], ...[3, 4], 5].join() + Object.keys([...[1, , 3]]));
T(() => Array.from([1, , 3]).map(String).join() + Object.keys(Array.from([1, , 3])) + Array.from([1, 2, 3]).concat(4));
T(() => { class A extends Array { } var a = A.from([1, 2]), b = A.from(s); return (a instanceof A) + ',' + (b instanceof A) + b.length; });
T(() => Array.from.call(Object, s).length + Array.from.call(undefined, s).length);
T(i => { var next = Object.getPrototypeOf(new Map().keys()).next, P = Object.getPrototypeOf(new Map().keys()); if (i > 1) P.next = function () { log.push('next'); return next.call(this); }; var r = [...m.keys()].join() + Array.from(m.keys()); P.next = next; return r; });
T(i => { var old = Map.prototype[Symbol.iterator]; if (i > 1) Map.prototype[Symbol.iterator] = function* () { yield 'patched'; }; var r = [...m].length + Array.from(m).length; Map.prototype[Symbol.iterator] = old; return r; });
T(() => { var a = [1, 2, 3]; a.length = 2; return [...a, ...a].join() + Array.from(a); });
T(() => { Array.prototype[1] = 'p'; var r = [...[1, , 3]].join() + Array.from([1, , 3]); delete Array.prototype[1]; return r; });
// dates and numbers
T(i => { var d = new Date(Date.UTC(2020, 1, 29, 13, 14, 15, 16)); d.setUTCDate(28 + i); return [d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate(), d.getUTCDay(), d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds(), d.getUTCMilliseconds(), d.getHours() - d.getHours(), d.getFullYear(), d.getUTCFullYear(), new Date(NaN).getHours(), new Date(-1).getUTCFullYear(), d.getUTCDate()]; });
T(() => [2, 8, 16, 36].map(r => [0, -0, 1, -1, 35, 255, -255, 4096, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 53, 1e21, 0.5, -7.25, NaN, Infinity].map(x => x.toString(r))).join());
log.join(';')
