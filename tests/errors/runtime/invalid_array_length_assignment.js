const a = [];
a.length = -1;
