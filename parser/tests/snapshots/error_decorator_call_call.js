// --harmony-decorators
@a()() class C {}
