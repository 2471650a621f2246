let n = 1e+;
