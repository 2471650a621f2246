// Recursion: calls of the function itself.
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
function ack(m, n) { return m === 0 ? n + 1 : n === 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)); }
let sum = 0;
for (let i = 0; i < 3; i++) sum += fib(32);
for (let i = 0; i < 20; i++) sum += ack(2, 400);
console.log(sum);
