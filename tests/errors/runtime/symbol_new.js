new Symbol();
