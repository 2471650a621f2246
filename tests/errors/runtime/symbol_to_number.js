+Symbol('s');
