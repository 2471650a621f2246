const n = 5;
Math.max(...n);
