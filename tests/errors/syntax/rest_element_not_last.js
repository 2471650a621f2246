let [...a, b] = [];
