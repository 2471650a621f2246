'a'.replaceAll(/a/, 'b');
