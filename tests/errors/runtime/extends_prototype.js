function F() {}
F.prototype = 1;
class A extends F {}
