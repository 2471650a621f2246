new Math.max();
