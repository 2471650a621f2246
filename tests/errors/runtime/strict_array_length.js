'use strict';
const a = Object.freeze([1, 2]);
a.push(3);
