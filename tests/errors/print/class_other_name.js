class HttpError extends Error { constructor(m) { super(m); this.name = 'Other'; } }
console.log(new HttpError('not found'));
