try { }
let a;
