// --harmony-decorators
@a export @b class C {}
