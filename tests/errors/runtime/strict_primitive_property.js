'use strict';
'abc'.foo = 1;
