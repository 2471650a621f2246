const f = a => a.b.c;
f({});
