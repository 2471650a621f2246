class A extends B {
  #p = 1;
  static s = A.name;
  [key] = this.#p;
  static { var v = 1; super.x; }
  get #acc() { return super.y; }
  set #acc(v) {}
  constructor() { super(); () => this; }
  async *gen() { yield await 1; }
  has(o) { return #p in o; }
}
