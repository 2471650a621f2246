new Function('a', 'return a.b.c')({});
