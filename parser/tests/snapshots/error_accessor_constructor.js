// --harmony-decorators
class C {
  accessor constructor;
}
