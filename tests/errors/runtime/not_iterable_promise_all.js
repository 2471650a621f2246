Promise.all(5);
