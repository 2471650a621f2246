new import('x');
