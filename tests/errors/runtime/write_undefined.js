let o;
o.x = 1;
