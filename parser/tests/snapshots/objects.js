({ a, b: 1, 'c d': 2, 3: 4, 5n: 6, [f()]: 7, __proto__: g, '__proto__'() {}, ...h, get i() { return 1; }, set i(v) {}, async *j() {}, if: 8 });
