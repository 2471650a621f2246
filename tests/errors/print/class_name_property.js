class HttpError extends Error { constructor(m) { super(m); this.name = 'HttpError'; } }
console.log(new HttpError('not found'));
