'use strict'; with ({}) {}
