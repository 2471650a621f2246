foo.bar.baz;
