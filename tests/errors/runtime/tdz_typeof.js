typeof t;
let t;
