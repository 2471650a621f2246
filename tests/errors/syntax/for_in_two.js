for (let x, y of []) ;
