class A extends 5 {}
