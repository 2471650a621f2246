'use strict';
const o = { get a() { return 1; } };
o.a = 2;
