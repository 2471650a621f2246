throw
new Error();
