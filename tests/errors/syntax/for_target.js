for (1 of []) ;
