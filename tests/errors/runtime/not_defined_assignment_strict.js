'use strict';
foo = 1;
