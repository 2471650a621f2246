// Files: everything synchronous is native; callbacks run the same work in a later turn of the loop.
const { make, invalidArgType, checkFunction, checkInteger } = require('internal/errors');

const constants = Object.assign(Object.create(null), {
  UV_FS_SYMLINK_DIR: 1, UV_FS_SYMLINK_JUNCTION: 2, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, UV_DIRENT_UNKNOWN: 0,
  UV_DIRENT_FILE: 1, UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3, UV_DIRENT_FIFO: 4, UV_DIRENT_SOCKET: 5, UV_DIRENT_CHAR: 6,
  UV_DIRENT_BLOCK: 7, S_IFMT: 61440, S_IFREG: 32768, S_IFDIR: 16384, S_IFCHR: 8192, S_IFBLK: 24576, S_IFIFO: 4096,
  S_IFLNK: 40960, S_IFSOCK: 49152, O_CREAT: 64, O_EXCL: 128, UV_FS_O_FILEMAP: 0, O_NOCTTY: 256, O_TRUNC: 512,
  O_APPEND: 1024, O_DIRECTORY: 65536, O_NOATIME: 262144, O_NOFOLLOW: 131072, O_SYNC: 1052672, O_DSYNC: 4096,
  O_DIRECT: 16384, O_NONBLOCK: 2048, S_IRWXU: 448, S_IRUSR: 256, S_IWUSR: 128, S_IXUSR: 64, S_IRWXG: 56, S_IRGRP: 32,
  S_IWGRP: 16, S_IXGRP: 8, S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2, S_IXOTH: 1, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1,
  UV_FS_COPYFILE_EXCL: 1, COPYFILE_EXCL: 1, UV_FS_COPYFILE_FICLONE: 2, COPYFILE_FICLONE: 2,
  UV_FS_COPYFILE_FICLONE_FORCE: 4, COPYFILE_FICLONE_FORCE: 4,
});

function pathOf(path, name = 'path') {
  if (typeof path === 'string') {
    if (path.includes('\0')) {
      throw make(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument '${name}' must be a string, Uint8Array, or URL without null bytes. Received ${binding.inspection.inspect(path)}`);
    }
    return path;
  }
  if (path instanceof Uint8Array) return binding.decode(path, 'utf8');
  if (path !== null && typeof path === 'object' && typeof path.href === 'string' && typeof path.protocol === 'string') {
    return require('url').fileURLToPath(path);
  }
  throw invalidArgType(name, ['string', 'Buffer', 'URL'], path);
}

const pathOrFd = (path) => (typeof path === 'number' ? path : pathOf(path));

function fdOf(fd) {
  checkInteger(fd, 'fd', 0, 2147483647);
  return fd;
}

function optionsOf(options, defaults) {
  if (options == null || typeof options === 'function') return defaults;
  if (typeof options === 'string') return { ...defaults, encoding: options };
  if (typeof options !== 'object') throw invalidArgType('options', ['string', 'Object'], options);
  return { ...defaults, ...options };
}

const flagNames = new Map([
  [0, 'r'], [2, 'r+'], [1 | 64 | 512, 'w'], [1 | 64 | 512 | 128, 'wx'], [2 | 64 | 512, 'w+'], [2 | 64 | 512 | 128, 'wx+'],
  [1 | 64 | 1024, 'a'], [1 | 64 | 1024 | 128, 'ax'], [2 | 64 | 1024, 'a+'], [2 | 64 | 1024 | 128, 'ax+'], [1, 'r+'],
  [1 | 64, 'r+'], [2 | 64, 'r+'], [1 | 64 | 128, 'wx'], [2 | 64 | 128, 'wx+'],
]);
function flagsOf(flags) {
  if (flags == null) return 'r';
  if (typeof flags === 'number') return flagNames.get(flags & (3 | 64 | 128 | 512 | 1024)) ?? 'r+';
  return String(flags);
}

const modeOf = (mode, otherwise) => (mode == null ? otherwise : typeof mode === 'string' ? parseInt(mode, 8) : mode);

function textOf(bytes, encoding) {
  return require('buffer').Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
}
function bufferOf(bytes) {
  return require('buffer').Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
const isUtf8 = (encoding) => encoding === 'utf8' || encoding === 'utf-8' || encoding === 'UTF-8' || encoding === 'UTF8';
// What calls that give a path return: text, or bytes for the encoding 'buffer'.
const named = (text, options) => {
  const encoding = typeof options === 'string' ? options : options?.encoding;
  return encoding === 'buffer' ? bufferOf(binding.encode(text, 'utf8')) : text;
};

function bytesOf(data, encoding) {
  if (typeof data === 'string') {
    return isUtf8(encoding ?? 'utf8') ? binding.encode(data, 'utf8') : require('buffer').Buffer.from(data, encoding);
  }
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw invalidArgType('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
}

class Stats {
  constructor(n) {
    this.dev = n[0]; this.mode = n[1]; this.nlink = n[2]; this.uid = n[3]; this.gid = n[4]; this.rdev = n[5];
    this.blksize = n[6]; this.ino = n[7]; this.size = n[8]; this.blocks = n[9];
    this.atimeMs = n[10]; this.mtimeMs = n[11]; this.ctimeMs = n[12]; this.birthtimeMs = n[13];
    this.atime = new Date(Math.floor(n[10])); this.mtime = new Date(Math.floor(n[11]));
    this.ctime = new Date(Math.floor(n[12])); this.birthtime = new Date(Math.floor(n[13]));
  }
}
class BigIntStats {
  constructor(n) {
    const names = ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks', 'atimeMs', 'mtimeMs', 'ctimeMs', 'birthtimeMs'];
    names.forEach((name, i) => { this[name] = BigInt(Math.floor(n[i])); });
    for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) {
      this[`${name}Ns`] = this[`${name}Ms`] * 1000000n;
      this[name] = new Date(Number(this[`${name}Ms`]));
    }
  }
}
for (const C of [Stats, BigIntStats]) {
  for (const [name, kind] of [['isFile', 32768], ['isDirectory', 16384], ['isSymbolicLink', 40960], ['isFIFO', 4096], ['isSocket', 49152], ['isCharacterDevice', 8192], ['isBlockDevice', 24576]]) {
    Object.defineProperty(C.prototype, name, { value() { return (Number(this.mode) & 61440) === kind; }, writable: true, configurable: true });
  }
}
const statsOf = (numbers, options) => (numbers === undefined ? undefined : options?.bigint ? new BigIntStats(numbers) : new Stats(numbers));

class Dirent {
  #kind;
  constructor(name, path, kind) {
    this.name = name;
    this.parentPath = path;
    this.path = path;
    this.#kind = kind;
  }
  isFile() { return this.#kind === 1; }
  isDirectory() { return this.#kind === 2; }
  isSymbolicLink() { return this.#kind === 3; }
  isFIFO() { return this.#kind === 4; }
  isSocket() { return this.#kind === 5; }
  isCharacterDevice() { return this.#kind === 6; }
  isBlockDevice() { return this.#kind === 7; }
}

function readFileSync(path, options) {
  const { encoding } = optionsOf(options, { encoding: null });
  const from = pathOrFd(path);
  if (isUtf8(encoding)) return binding.readFileText(from);
  const bytes = binding.readFile(from);
  return encoding && encoding !== 'buffer' ? textOf(bytes, encoding) : bufferOf(bytes);
}
function writeFileSync(path, data, options) {
  const o = optionsOf(options, { encoding: 'utf8', mode: 0o666, flag: 'w' });
  binding.writeFile(pathOrFd(path), bytesOf(data, o.encoding), flagsOf(o.flag), modeOf(o.mode, 0o666));
}
function appendFileSync(path, data, options) {
  writeFileSync(path, data, { flag: 'a', ...optionsOf(options, {}) });
}
function existsSync(path) {
  try {
    return binding.exists(pathOf(path));
  } catch {
    return false;
  }
}
function statSync(path, options) {
  return statsOf(binding.stat(pathOf(path), true, options?.throwIfNoEntry !== false), options);
}
function lstatSync(path, options) {
  return statsOf(binding.stat(pathOf(path), false, options?.throwIfNoEntry !== false), options);
}
const fstatSync = (fd, options) => statsOf(binding.fstat(fdOf(fd)), options);

function readdirSync(path, options) {
  const o = optionsOf(options, {});
  const root = pathOf(path);
  const out = [];
  const visit = (folder, prefix) => {
    const list = binding.readdir(folder);
    const below = [];
    for (let i = 0; i < list.length; i += 2) {
      const name = list[i];
      if (o.withFileTypes) out.push(new Dirent(name, folder, list[i + 1]));
      else out.push(named(prefix + name, o));
      if (o.recursive && list[i + 1] === 2) below.push(name);
    }
    for (const name of below) visit(`${folder}/${name}`, `${prefix}${name}/`);
  };
  visit(root, '');
  return out;
}

function mkdirSync(path, options) {
  const o = typeof options === 'object' && options !== null ? options : { mode: options };
  const target = pathOf(path);
  const mode = modeOf(o.mode, 0o777);
  if (!o.recursive) return binding.mkdir(target, mode);
  const { resolve, dirname } = require('path');
  const missing = [];
  let at = resolve(target);
  for (;;) {
    const numbers = binding.stat(at, true, false);
    if (numbers) {
      if ((numbers[1] & 61440) !== 16384) {
        if (missing.length === 0) binding.mkdir(at, mode); // throws EEXIST
        binding.mkdir(missing[missing.length - 1], mode); // throws ENOTDIR
      }
      break;
    }
    missing.push(at);
    const up = dirname(at);
    if (up === at) break;
    at = up;
  }
  const first = missing[missing.length - 1];
  while (missing.length) binding.mkdir(missing.pop(), mode);
  return first;
}

function rmSync(path, options = {}) {
  const target = pathOf(path);
  const numbers = binding.stat(target, false, !options.force);
  if (!numbers) return;
  const remove = (p, n) => {
    if ((n[1] & 61440) !== 16384) return binding.unlink(p);
    const list = binding.readdir(p);
    for (let i = 0; i < list.length; i += 2) {
      const inner = `${p}/${list[i]}`;
      remove(inner, binding.stat(inner, false, true));
    }
    binding.rmdir(p);
  };
  if ((numbers[1] & 61440) === 16384 && !options.recursive) {
    const e = make(Error, 'ERR_FS_EISDIR', `Path is a directory: rm returned EISDIR (is a directory) ${target}`);
    throw Object.assign(e, { errno: 21, syscall: 'rm', path: target });
  }
  remove(target, numbers);
}
function rmdirSync(path, options) {
  if (options?.recursive) return rmSync(path, { recursive: true, force: false });
  return binding.rmdir(pathOf(path));
}

const openSync = (path, flags, mode) => binding.open(pathOf(path), flagsOf(flags), modeOf(mode, 0o666));
const closeSync = (fd) => binding.close(fdOf(fd));

function readArguments(buffer, args) {
  let [offset, length, position] = args;
  if (offset !== null && typeof offset === 'object') ({ offset, length, position } = offset);
  offset ??= 0;
  length ??= buffer.byteLength - offset;
  if (offset < 0 || offset > buffer.byteLength) throw require('internal/errors').outOfRange('offset', `>= 0 && <= ${buffer.byteLength}`, offset);
  if (length < 0 || length > buffer.byteLength - offset) throw require('internal/errors').outOfRange('length', `<= ${buffer.byteLength - offset}`, length);
  return [Number(offset), Number(length), position == null ? -1 : Number(position)];
}
function viewOf(buffer) {
  if (!ArrayBuffer.isView(buffer)) throw invalidArgType('buffer', ['Buffer', 'TypedArray', 'DataView'], buffer);
  return buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
function readSync(fd, buffer, ...args) {
  const view = viewOf(buffer);
  return binding.read(fdOf(fd), view, ...readArguments(view, args));
}
function writeSync(fd, data, ...args) {
  fdOf(fd);
  if (typeof data === 'string') {
    const bytes = bytesOf(data, args[1]);
    return binding.write(fd, bytes, 0, bytes.length, args[0] == null ? -1 : args[0]);
  }
  const view = viewOf(data);
  return binding.write(fd, view, ...readArguments(view, args));
}
const readvSync = (fd, buffers, position) => {
  let total = 0;
  for (const b of buffers) {
    const n = readSync(fd, b, 0, b.byteLength, position == null ? null : position + total);
    total += n;
    if (n < b.byteLength) break;
  }
  return total;
};
const writevSync = (fd, buffers, position) => {
  let total = 0;
  for (const b of buffers) total += writeSync(fd, b, 0, b.byteLength, position == null ? null : position + total);
  return total;
};

const realpathSync = (path, options) => named(binding.realpath(pathOf(path)), options);
realpathSync.native = realpathSync;
const seconds = (t) => (t instanceof Date ? t.getTime() / 1000 : Number(t));

function cpSync(from, to, options = {}) {
  from = pathOf(from, 'src');
  to = pathOf(to, 'dest');
  const stats = options.dereference ? statSync(from) : lstatSync(from);
  if (options.filter && !options.filter(from, to)) return;
  if (stats.isDirectory()) {
    if (!options.recursive) throw make(Error, 'ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: cp returned EISDIR (${from} is a directory (not copied)) ${from}`);
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) cpSync(`${from}/${name}`, `${to}/${name}`, options);
  } else if (stats.isSymbolicLink()) {
    if (existsSync(to)) unlinkSync(to);
    symlinkSync(readlinkSync(from), to);
  } else {
    if (existsSync(to)) {
      if (options.errorOnExist && options.force === false) throw make(Error, 'ERR_FS_CP_EEXIST', `Target already exists: cp returned EEXIST (${to} already exists) ${to}`);
      if (options.force === false) return;
    }
    mkdirSync(require('path').dirname(require('path').resolve(to)), { recursive: true });
    binding.copyFile(from, to, false);
  }
}

const unlinkSync = (path) => binding.unlink(pathOf(path));
const symlinkSync = (target, path) => binding.symlink(pathOf(target, 'target'), pathOf(path));
const readlinkSync = (path, options) => named(binding.readlink(pathOf(path)), options);

const sync = {
  accessSync: (path, mode = 0) => binding.access(pathOf(path), mode),
  appendFileSync,
  chmodSync: (path, mode) => binding.chmod(pathOf(path), modeOf(mode)),
  chownSync: (path) => void statSync(path),
  closeSync,
  copyFileSync: (from, to, mode = 0) => binding.copyFile(pathOf(from, 'src'), pathOf(to, 'dest'), (mode & 1) === 1),
  cpSync,
  existsSync,
  fdatasyncSync: (fd) => binding.fsync(fdOf(fd)),
  fstatSync,
  fsyncSync: (fd) => binding.fsync(fdOf(fd)),
  ftruncateSync: (fd, length = 0) => binding.ftruncate(fdOf(fd), length),
  linkSync: (from, to) => binding.link(pathOf(from, 'existingPath'), pathOf(to, 'newPath')),
  lstatSync,
  mkdirSync,
  mkdtempSync: (prefix, options) => named(binding.mkdtemp(pathOf(prefix, 'prefix')), options),
  openSync,
  opendirSync: (path) => new Dir(pathOf(path)),
  readFileSync,
  readSync,
  readdirSync,
  readlinkSync,
  readvSync,
  realpathSync,
  renameSync: (from, to) => binding.rename(pathOf(from, 'oldPath'), pathOf(to, 'newPath')),
  rmSync,
  rmdirSync,
  statSync,
  symlinkSync,
  truncateSync: (path, length = 0) => binding.truncate(pathOf(path), length),
  unlinkSync,
  utimesSync: (path, a, m) => binding.utimes(pathOf(path), seconds(a), seconds(m)),
  lutimesSync: (path, a, m) => binding.utimes(pathOf(path), seconds(a), seconds(m)),
  writeFileSync,
  writeSync,
  writevSync,
};

class Dir {
  #entries;
  #at = 0;
  constructor(path) {
    this.path = path;
    this.#entries = readdirSync(path, { withFileTypes: true });
  }
  readSync() { return this.#entries[this.#at++] ?? null; }
  read(callback) {
    const entry = this.readSync();
    if (callback) return void setImmediate(callback, null, entry);
    return Promise.resolve(entry);
  }
  closeSync() {}
  close(callback) {
    if (callback) return void setImmediate(callback, null);
    return Promise.resolve();
  }
  async *[Symbol.asyncIterator]() {
    for (let e; (e = this.readSync()) !== null;) yield e;
  }
}

const fs = { ...sync };
for (const [name, f] of Object.entries(sync)) {
  Object.defineProperty(f, 'name', { value: name, configurable: true });
  if (name === 'existsSync') continue;
  const short = name.slice(0, -4);
  const many = { read: 1, write: 1, readv: 1, writev: 1 }[short];
  const asynchronous = function(...args) {
    const callback = args.pop();
    checkFunction(callback, 'cb');
    // Arguments are checked at once; what the system says comes later.
    let result;
    let error = null;
    try {
      result = f(...args);
    } catch (e) {
      if (e.syscall === undefined && !String(e.code).startsWith('ERR_FS')) throw e;
      error = e;
    }
    setImmediate(() => {
      if (error) callback(error);
      else if (many) callback(null, result, args[1]);
      else if (result === undefined) callback(null);
      else callback(null, result);
    });
  };
  Object.defineProperty(asynchronous, 'name', { value: short, configurable: true });
  fs[short] = asynchronous;
}
fs.exists = (path, callback) => {
  const found = existsSync(path);
  setImmediate(callback, found);
};
fs.realpath.native = fs.realpath;

function lazily(name, get) {
  Object.defineProperty(fs, name, {
    configurable: true, enumerable: true, get,
    set(value) { Object.defineProperty(fs, name, { value, writable: true, configurable: true, enumerable: true }); },
  });
}
lazily('promises', () => require('fs/promises'));
for (const name of ['createReadStream', 'createWriteStream', 'ReadStream', 'WriteStream', 'watch', 'watchFile', 'unwatchFile']) {
  fs[name] = function() { throw new Error(`not implemented in sarus yet: fs.${name}`); };
}
Object.assign(fs, { Stats, Dirent, Dir, constants, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 });
module.exports = fs;
