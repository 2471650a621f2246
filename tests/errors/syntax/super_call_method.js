class A { m() { super(); } }
