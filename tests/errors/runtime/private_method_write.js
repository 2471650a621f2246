class A { #m() {} w() { this.#m = 1; } }
new A().w();
