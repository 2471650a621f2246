class Foo extends Error {} const e = new Foo('m'); e.stack = 'Foo: m\n    at x'; console.log('%s', e);
