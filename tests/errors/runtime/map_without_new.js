Map();
