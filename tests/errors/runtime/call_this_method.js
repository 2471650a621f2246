class A { m() { this.nope(); } }
new A().m();
