let x = 010;
