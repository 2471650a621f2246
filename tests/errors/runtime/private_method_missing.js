class A { #m() {} static call(o) { o.#m(); } }
A.call({});
