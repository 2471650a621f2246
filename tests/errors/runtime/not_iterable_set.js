new Set(5);
