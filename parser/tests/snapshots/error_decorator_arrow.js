// --harmony-decorators
@(x) => y class C {}
