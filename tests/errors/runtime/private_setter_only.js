class A { set #s(v) {} r() { return this.#s; } }
new A().r();
