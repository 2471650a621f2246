// Files with promises, over the synchronous functions.
const fs = require('fs');

// Runs the work now and settles in a later turn of the loop.
function later(f) {
  return (...args) => new Promise((resolve, reject) => {
    let settle;
    try {
      const result = f(...args.map((a) => (a instanceof FileHandle ? a.fd : a)));
      settle = () => resolve(result);
    } catch (e) {
      settle = () => reject(e);
    }
    setImmediate(settle);
  });
}

class FileHandle {
  #fd;
  constructor(fd) { this.#fd = fd; }
  get fd() { return this.#fd; }
  async close() {
    if (this.#fd === -1) return;
    const fd = this.#fd;
    this.#fd = -1;
    await promises.close(fd);
  }
  async read(buffer, ...args) {
    if (buffer === undefined || (buffer !== null && typeof buffer === 'object' && !ArrayBuffer.isView(buffer))) {
      const { buffer: b = require('buffer').Buffer.alloc(16384), ...rest } = buffer ?? {};
      args = [rest];
      buffer = b;
    }
    return { bytesRead: await promises.read(this.#fd, buffer, ...args), buffer };
  }
  async write(buffer, ...args) {
    return { bytesWritten: await promises.write(this.#fd, buffer, ...args), buffer };
  }
  readFile(options) { return promises.readFile(this.#fd, options); }
  writeFile(data, options) { return promises.writeFile(this.#fd, data, options); }
  appendFile(data, options) { return promises.writeFile(this.#fd, data, options); }
  stat(options) { return promises.fstat(this.#fd, options); }
  truncate(length) { return promises.ftruncate(this.#fd, length); }
  sync() { return promises.fsync(this.#fd); }
  datasync() { return promises.fsync(this.#fd); }
  async *readLines() {
    let rest = '';
    for await (const chunk of this.createReadStream({ encoding: 'utf8' })) {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop();
      yield* lines;
    }
    if (rest) yield rest;
  }
  createReadStream(options) { return fs.createReadStream(null, { ...options, fd: this.#fd, autoClose: false }); }
  createWriteStream(options) { return fs.createWriteStream(null, { ...options, fd: this.#fd, autoClose: false }); }
  [Symbol.asyncDispose]() { return this.close(); }
}

const promises = {};
for (const [name, f] of Object.entries(fs)) {
  if (name.endsWith('Sync') && name !== 'existsSync') promises[name.slice(0, -4)] = later(f);
}
const open = async (path, flags, mode) => new FileHandle(await promises.open(path, flags, mode));
const { close, fstat, ftruncate, fsync, fdatasync, read, write, readv, writev, ...rest } = promises;
module.exports = { ...rest, open, constants: fs.constants };
