function* g() {}
class A extends g {}
