Object.setPrototypeOf({}, 1);
