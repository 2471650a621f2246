'use strict';
let s = "\01";
