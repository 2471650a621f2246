q = 1;
let q;
