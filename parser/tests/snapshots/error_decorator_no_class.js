// --harmony-decorators
@dec function f() {}
