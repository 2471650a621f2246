let a;
a.b();
