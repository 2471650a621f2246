Symbol('s') + '';
