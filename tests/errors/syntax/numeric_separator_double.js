let n = 1__000;
