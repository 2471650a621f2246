throw {a:1,b:{c:2}};
