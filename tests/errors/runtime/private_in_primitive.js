class A { #x; static has(o) { return #x in o; } }
A.has(1);
