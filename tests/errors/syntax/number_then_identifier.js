let n = 3in [];
let m = 3abc;
