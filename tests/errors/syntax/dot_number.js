let a = 1.toString();
