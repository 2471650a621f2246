Object.assign(null);
