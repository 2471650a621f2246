const p = new Proxy(Object.freeze({ a: 1 }), { get() { return 2; } });
p.a;
