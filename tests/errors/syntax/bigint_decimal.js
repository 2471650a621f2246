let n = 1.5n;
