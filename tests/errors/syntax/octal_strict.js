'use strict';
let n = 010;
