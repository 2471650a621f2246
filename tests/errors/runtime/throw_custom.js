class HttpError extends Error {
  constructor(status) { super('HTTP ' + status); this.name = 'HttpError'; this.status = status; }
}
throw new HttpError(404);
