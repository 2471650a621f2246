class A { get #g() { return 1; } w() { this.#g = 1; } }
new A().w();
