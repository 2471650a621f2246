let n = 0_1;
