// querystring: names and values of URL queries.
const escape = (text) => encodeURIComponent(String(text)).replace(/%7E/gi, '~');
function unescape(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    const { Buffer } = require('buffer');
    return Buffer.from(text.replace(/%([0-9a-f]{2})/gi, (_, h) => String.fromCharCode(parseInt(h, 16))), 'latin1').toString();
  }
}
const plain = (v) => (typeof v === 'string' ? v : typeof v === 'number' && Number.isFinite(v) ? `${v}` : typeof v === 'bigint' || typeof v === 'boolean' ? `${v}` : '');
function stringify(o, separator = '&', equals = '=', options) {
  if (o === null || typeof o !== 'object') return '';
  const encode = options?.encodeURIComponent ?? module.exports.escape;
  const out = [];
  for (const k of Object.keys(o)) {
    const name = encode(plain(k)) + (equals || '=');
    for (const v of Array.isArray(o[k]) ? o[k] : [o[k]]) out.push(name + encode(plain(v)));
  }
  return out.join(separator || '&');
}
function parse(text, separator, equals, options) {
  const out = Object.create(null);
  if (typeof text !== 'string' || text === '') return out;
  separator = separator || '&';
  equals = equals || '=';
  const decode = options?.decodeURIComponent ?? module.exports.unescape;
  const max = options?.maxKeys ?? 1000;
  const clean = (s) => {
    s = s.replaceAll('+', ' ');
    if (!s.includes('%')) return s;
    try { return decode(s); } catch { return unescape(s); }
  };
  let parts = text.split(separator);
  if (max > 0) parts = parts.slice(0, max);
  for (const part of parts) {
    if (part === '') continue;
    const at = part.indexOf(equals);
    const name = clean(at < 0 ? part : part.slice(0, at));
    const value = at < 0 ? '' : clean(part.slice(at + equals.length));
    if (!(name in out)) out[name] = value;
    else if (Array.isArray(out[name])) out[name].push(value);
    else out[name] = [out[name], value];
  }
  return out;
}
module.exports = { escape, unescape, stringify, encode: stringify, parse, decode: parse };
