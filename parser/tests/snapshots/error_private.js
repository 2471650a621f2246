class C { m() { return this.#q; } }
