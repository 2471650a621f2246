a: a: while (1) ;
