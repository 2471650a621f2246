'use strict';
const s = 'abc';
s[0] = 'x';
