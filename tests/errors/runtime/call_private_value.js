class A { #x = 1; m() { this.#x(); } }
new A().m();
