String.fromCodePoint(-1);
