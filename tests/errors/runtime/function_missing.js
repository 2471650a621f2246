const f = 5;
f();
