<!-- hello
let a;
