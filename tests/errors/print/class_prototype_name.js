class HttpError extends Error {}
HttpError.prototype.name = 'HttpError';
console.log(new HttpError('x'));
