let a = a + 1;
