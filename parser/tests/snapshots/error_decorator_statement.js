// --harmony-decorators
if (x) @dec class C {}
