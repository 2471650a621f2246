// --harmony-decorators
class C {
  @dec constructor() {}
}
