'use strict'; let x; delete x;
