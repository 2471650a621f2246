class A { static m() { A = 1; } }
A.m();
