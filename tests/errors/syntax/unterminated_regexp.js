let r = /abc
let b;
