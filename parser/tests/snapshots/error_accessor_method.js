// --harmony-decorators
class C {
  accessor m() {}
}
