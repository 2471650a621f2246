var [b];
