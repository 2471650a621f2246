// In which order things happen: synchronous code, nextTick, microtasks, timers, immediates.
setTimeout(() => console.log('6 timeout'), 0);
Promise.resolve()
  .then(() => console.log('4 microtask'))
  .then(() => console.log('5 its successor'));
process.nextTick(() => console.log('3 next tick'));
console.log('1 synchronous');

(async () => {
  console.log('2 an async function up to its first await');
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.log('7 after a timer');
  setImmediate(() => console.log('8 immediate'));
})();
