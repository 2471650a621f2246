Object.create(1);
