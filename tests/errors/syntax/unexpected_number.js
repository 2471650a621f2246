let a = 5 5;
