'abc'.foo();
