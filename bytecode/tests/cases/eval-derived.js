// eval derived
super(1, ...a); this.#p; super.m(); let f = () => this; f();
