'a'.matchAll(/a/);
