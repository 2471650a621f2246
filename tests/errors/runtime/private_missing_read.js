class A { #x = 1; static get(o) { return o.#x; } }
A.get({});
