class A { static { null.x; } }
