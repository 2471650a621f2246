const o = {};
o.a.b;
