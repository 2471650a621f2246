// --harmony-decorators
@first @ns.second(1)
class C {
  @dec m() {}
  n() {}
  @dec static [key] = 1;
  @dec accessor a = 2;
}
