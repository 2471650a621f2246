function objects(a, k) { return [{}, { a: 1, b: a, c() {}, get d() { return 1; }, set d(v) {}, [k]: 2, __proto__: a, ...a, 1: 2, 1.5: 3, e: () => {}, [k]() {}, async *f() {} }]; }
function simple(a) { return { x: 1, y: { z: a }, f: function () {}, g: () => 1, "quoted key": 2 }; }
function duplicates() { return { a: 1, a: 2, "__proto__": null, ["__proto__"]: 1 }; }
function shorthand(__proto__, a) { return { a, __proto__ }; }
function arrays(a) { return [[], [1, 2, 3], [1, a, , 2], [...a], [1, ...a, , 2], [null, true, "s", -1, ,]]; }
function supers() { return { m() { return super.m() + super[1]; }, set x(v) { super.x = v; super[v] += 1; } }; }
