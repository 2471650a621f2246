let enum = 1;
