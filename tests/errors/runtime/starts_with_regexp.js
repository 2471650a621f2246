'a'.startsWith(/a/);
