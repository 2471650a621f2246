for (const { a } of [null]) ;
