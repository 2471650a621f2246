class HttpError extends Error { get name() { return 'Getter'; } }
console.log(new HttpError('x'));
