class HttpError extends Error {}
console.log(new HttpError('not found'));
