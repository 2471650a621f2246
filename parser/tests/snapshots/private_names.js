class A { #a; #b() { return this.#a; } get #c() {} set #c(v) {} static #d = () => A.#d; m() { return class { #a; n(o) { return o.#b + this.#a; } }; } }
