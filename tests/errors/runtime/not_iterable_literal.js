const [a] = null;
