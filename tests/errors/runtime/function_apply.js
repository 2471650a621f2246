Math.max.apply(null, 1);
