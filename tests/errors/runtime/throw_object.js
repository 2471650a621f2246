throw { code: 1 };
