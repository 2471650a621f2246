for (async of []) ;
