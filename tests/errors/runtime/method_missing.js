const o = {};
o.foo();
