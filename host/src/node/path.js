// Paths: POSIX in full.
const { checkString, checkObject } = require('internal/errors');

// The segments without `.` and empty ones, `..` resolved; leading `..` are kept when not absolute.
function segments(path, absolute) {
  const out = [];
  for (const s of path.split('/')) {
    if (s === '' || s === '.') continue;
    if (s !== '..') out.push(s);
    else if (out.length && out[out.length - 1] !== '..') out.pop();
    else if (!absolute) out.push('..');
  }
  return out.join('/');
}

function normalize(path) {
  checkString(path, 'path');
  if (path === '') return '.';
  const absolute = path[0] === '/';
  let text = segments(path, absolute);
  if (text === '' && !absolute) return path.endsWith('/') ? './' : '.';
  if (text !== '' && path.endsWith('/')) text += '/';
  return absolute ? `/${text}` : text;
}

function resolve(...parts) {
  let path = '';
  for (let i = parts.length - 1; i >= 0 && path[0] !== '/'; i--) {
    checkString(parts[i], `paths[${i}]`);
    if (parts[i] !== '') path = path === '' ? parts[i] : `${parts[i]}/${path}`;
  }
  if (path[0] !== '/') path = path === '' ? process.cwd() : `${process.cwd()}/${path}`;
  return `/${segments(path, true)}`;
}

function join(...parts) {
  for (let i = 0; i < parts.length; i++) checkString(parts[i], 'path');
  const text = parts.filter((p) => p !== '').join('/');
  return text === '' ? '.' : normalize(text);
}

function isAbsolute(path) {
  checkString(path, 'path');
  return path[0] === '/';
}

function relative(from, to) {
  checkString(from, 'from');
  checkString(to, 'to');
  if (from === to) return '';
  from = resolve(from);
  to = resolve(to);
  if (from === to) return '';
  const a = from.split('/').filter(Boolean);
  const b = to.split('/').filter(Boolean);
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/');
}

// The end of the last segment: trailing slashes do not count.
function trimmedEnd(path) {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return end;
}

function dirname(path) {
  checkString(path, 'path');
  if (path === '') return '.';
  const end = trimmedEnd(path);
  if (end === 0) return '/';
  const slash = path.lastIndexOf('/', end - 1);
  if (slash === -1) return '.';
  if (slash === 0) return '/';
  if (slash === 1 && path[0] === '/') return '//';
  return path.slice(0, slash);
}

function basename(path, suffix) {
  checkString(path, 'path');
  if (suffix !== undefined) checkString(suffix, 'suffix');
  const end = trimmedEnd(path);
  if (end === 0) return '';
  const name = path.slice(path.lastIndexOf('/', end - 1) + 1, end);
  if (suffix && suffix !== name && name.endsWith(suffix)) return name.slice(0, -suffix.length);
  return name;
}

function extname(path) {
  const name = basename(path);
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || name === '..') return '';
  return name.slice(dot);
}

function format(parts) {
  checkObject(parts, 'pathObject');
  const dir = parts.dir || parts.root;
  let ext = parts.ext || '';
  if (ext && ext[0] !== '.') ext = `.${ext}`;
  const base = parts.base || `${parts.name || ''}${ext}`;
  if (!dir) return base;
  return dir === parts.root ? `${dir}${base}` : `${dir}/${base}`;
}

function parse(path) {
  checkString(path, 'path');
  const root = path[0] === '/' ? '/' : '';
  const base = basename(path);
  const ext = extname(path);
  const end = trimmedEnd(path);
  const slash = end === 0 ? -1 : path.lastIndexOf('/', end - 1);
  const dir = slash > 0 ? path.slice(0, slash) : root;
  return { root, dir, base, ext, name: ext ? base.slice(0, -ext.length) : base };
}

const posix = {
  resolve, normalize, isAbsolute, join, relative,
  toNamespacedPath: (path) => path,
  dirname, basename, extname, format, parse,
  matchesGlob: undefined,
  sep: '/', delimiter: ':', win32: null, posix: null,
};
delete posix.matchesGlob;

const win32 = { sep: '\\', delimiter: ';', win32: null, posix };
for (const name of Object.keys(posix)) {
  if (typeof posix[name] === 'function') {
    win32[name] = () => { throw new Error(`not implemented in sarus yet: path.win32.${name}`); };
  }
}
posix.posix = posix;
posix.win32 = win32;
win32.win32 = win32;
module.exports = posix;
