Math.max(1n);
