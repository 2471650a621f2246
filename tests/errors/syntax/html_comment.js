let a = 1;
--> not at all *
