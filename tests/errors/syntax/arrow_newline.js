let f = (a)
=> a;
