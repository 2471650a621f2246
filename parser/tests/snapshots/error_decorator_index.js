// --harmony-decorators
@a[b] class C {}
