if (1) const x = 1;
