class A { #x = 1; static set(o) { o.#x = 1; } }
A.set({});
