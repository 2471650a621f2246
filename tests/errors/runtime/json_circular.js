const a = { b: {} };
a.b.c = a;
JSON.stringify(a);
