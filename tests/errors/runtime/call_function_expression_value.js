let undef;
undef.foo.bar();
