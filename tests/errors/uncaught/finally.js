function g() { try { null.foo } finally { console.log('f') } }
g();
