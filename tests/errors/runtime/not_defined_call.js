foo(1);
