class MyError extends Error { constructor(m) { super(m); this.name = 'MyError'; this.extra = 5 } }
throw new MyError('boo');
