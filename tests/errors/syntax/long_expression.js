const result = compute(1, 2, 3)
  .then(x => x + 1)
  .then(x => { return x * })
  .catch(console.error);
