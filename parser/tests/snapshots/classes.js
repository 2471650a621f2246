class A extends (B, C) { #p = 1; static #q; 'r' = this.#p; [s]; static { this.#q = #p in t; } constructor(u) { super(u); super.v; } get #w() {} static async *x() {} get; set; static; async() {} }
