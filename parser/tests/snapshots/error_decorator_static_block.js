// --harmony-decorators
class C {
  @dec static {}
}
