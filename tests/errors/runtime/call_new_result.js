new (class Foo {})().bar();
