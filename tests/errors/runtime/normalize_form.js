'a'.normalize('x');
