let Base;
class A extends Base {}
