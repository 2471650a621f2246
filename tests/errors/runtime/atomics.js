Atomics.add([], 0, 1);
