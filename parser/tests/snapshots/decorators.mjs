// --harmony-decorators
@a @b.c @d.e(1) export class One {
  @f m() {}
  @(g, h) static #p = 1;
  @i() accessor [key] = 2;
  static accessor #q;
  accessor
  line;
  @C.#p get accessor() {}
  accessor = 3;
  accessor() {}
}
export default @a class extends (@b class {}) {
  @One.x async *y() {}
}
let C = @(C => C) class C { @C x; };
