async function f() { function await() {} }
