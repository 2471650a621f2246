'use strict';
let n = 09;
