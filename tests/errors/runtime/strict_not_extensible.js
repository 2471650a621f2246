'use strict';
const o = Object.preventExtensions({});
o.a = 1;
