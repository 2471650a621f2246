Array.from(null);
