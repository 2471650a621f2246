function f([a]) {}
f();
