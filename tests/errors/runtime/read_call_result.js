function f() {}
f().x;
