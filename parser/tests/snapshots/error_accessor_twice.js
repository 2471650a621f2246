// --harmony-decorators
class C {
  accessor #x;
  get #x() {}
}
