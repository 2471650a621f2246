const util = require('util');
console.log(new ArrayBuffer(4), new Uint8Array(3), new DataView(new ArrayBuffer(2)), new SharedArrayBuffer(2), [new ArrayBuffer(2)]);
console.log(util.inspect([1,2],{showHidden:true}), util.inspect(new Uint8Array(1),{showHidden:true}));
