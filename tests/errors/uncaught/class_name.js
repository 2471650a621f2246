throw new (class Foo extends Error { toString() { return 'custom' } })('m');
