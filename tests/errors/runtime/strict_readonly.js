'use strict';
const o = Object.freeze({ a: 1 });
o.a = 2;
