let o;
o[Symbol.iterator];
