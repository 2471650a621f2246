// Encoding and compression by hand: base64, UTF-8, run lengths, LZ77-style matches, Huffman codes.
'use strict';

const LENGTH = 240000;
const EXPECTED = '-1296555474 38146 175774';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map(Array.from(ALPHABET, (c, i) => [c, i]));

function toBase64(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET[word >> 18] + ALPHABET[(word >> 12) & 63];
    text += i + 1 < bytes.length ? ALPHABET[(word >> 6) & 63] : '=';
    text += i + 2 < bytes.length ? ALPHABET[word & 63] : '=';
  }
  return text;
}

function fromBase64(text) {
  const bytes = [];
  for (let i = 0; i < text.length; i += 4) {
    let word = 0;
    for (let k = 0; k < 4; k++) word = (word << 6) | (VALUES.get(text[i + k]) ?? 0);
    bytes.push(word >> 16);
    if (text[i + 2] !== '=') bytes.push((word >> 8) & 255);
    if (text[i + 3] !== '=') bytes.push(word & 255);
  }
  return bytes;
}

function toUtf8(text) {
  const bytes = [];
  for (const c of text) {
    const point = c.codePointAt(0);
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return bytes;
}

function fromUtf8(bytes) {
  const parts = [];
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i++];
    const more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    let point = more === 0 ? lead : lead & (0x3f >> more);
    for (let k = 0; k < more; k++) point = (point << 6) | (bytes[i++] & 63);
    parts.push(String.fromCodePoint(point));
  }
  return parts.join('');
}

// Literals are [0, byte], matches [1, distance, length].
function findMatches(bytes) {
  const heads = new Map(), previous = new Int32Array(bytes.length).fill(-1);
  const out = [];
  const remember = (i) => {
    const key = (bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2];
    previous[i] = heads.get(key) ?? -1;
    heads.set(key, i);
    return previous[i];
  };
  for (let i = 0; i < bytes.length;) {
    let best = 0, distance = 0;
    if (i + 2 < bytes.length) {
      let tries = 12;
      for (let at = remember(i); at >= 0 && tries-- > 0 && i - at < 4096; at = previous[at]) {
        let n = 0;
        while (n < 200 && i + n < bytes.length && bytes[at + n] === bytes[i + n]) n++;
        if (n > best) {
          best = n;
          distance = i - at;
        }
      }
    }
    if (best >= 4) {
      out.push([1, distance, best]);
      for (let k = 1; k < best; k++) if (i + k + 2 < bytes.length) remember(i + k);
      i += best;
    } else {
      out.push([0, bytes[i++]]);
    }
  }
  return out;
}

function expandMatches(parts) {
  const bytes = [];
  for (const [kind, a, n] of parts) {
    if (kind === 0) bytes.push(a);
    else for (let k = 0; k < n; k++) bytes.push(bytes[bytes.length - a]);
  }
  return bytes;
}

function huffman(symbols) {
  const counts = new Map();
  for (const s of symbols) counts.set(s, (counts.get(s) ?? 0) + 1);
  let nodes = [...counts].map(([symbol, count]) => ({ symbol, count })).sort((a, b) => a.count - b.count || a.symbol - b.symbol);
  while (nodes.length > 1) {
    const [a, b] = nodes.splice(0, 2);
    const node = { count: a.count + b.count, a, b };
    const at = nodes.findIndex((n) => n.count > node.count);
    nodes.splice(at < 0 ? nodes.length : at, 0, node);
  }
  const codes = new Map();
  (function walk(node, code) {
    if (node.symbol !== undefined) codes.set(node.symbol, code || '0');
    else {
      walk(node.a, code + '0');
      walk(node.b, code + '1');
    }
  })(nodes[0], '');
  return { codes, root: nodes[0] };
}

function packBits(symbols, codes) {
  const bytes = [];
  let word = 0, used = 0;
  for (const s of symbols) {
    for (const bit of codes.get(s)) {
      word = (word << 1) | (bit === '1' ? 1 : 0);
      if (++used === 8) {
        bytes.push(word);
        word = used = 0;
      }
    }
  }
  if (used) bytes.push(word << (8 - used));
  return bytes;
}

function unpackBits(bytes, root, count) {
  const symbols = [];
  let node = root;
  for (let i = 0; symbols.length < count; i++) {
    node = (bytes[i >> 3] >> (7 - (i & 7))) & 1 ? node.b : node.a;
    if (node.symbol !== undefined) {
      symbols.push(node.symbol);
      node = root;
    }
  }
  return symbols;
}

const WORDS = ['the ', 'quick ', 'brøwn ', 'fox ', 'jumps ', 'over ', '日本 ', 'lazy ', 'dog😀 ', 'again\n'];
let text = '';
for (let i = 0, s = 1; text.length < LENGTH; i++) {
  s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
  text += WORDS[(s >>> 13) % 10] + (i % 9 === 0 ? String(s % 1000) : '');
}
const bytes = toUtf8(text);
if (fromUtf8(bytes) !== text) throw new Error('codec: UTF-8');
const base = toBase64(bytes);
const back = fromBase64(base);
if (back.length !== bytes.length || back.some((b, i) => b !== bytes[i])) throw new Error('codec: base64');
const parts = findMatches(bytes);
const expanded = expandMatches(parts);
if (expanded.length !== bytes.length || expanded.some((b, i) => b !== bytes[i])) throw new Error('codec: matches');
const { codes, root } = huffman(bytes);
const packed = packBits(bytes, codes);
const unpacked = unpackBits(packed, root, bytes.length);
if (unpacked.some((b, i) => b !== bytes[i])) throw new Error('codec: Huffman');
let hash = 0;
for (let i = 0; i < base.length; i++) hash = (Math.imul(hash, 31) + base.charCodeAt(i)) | 0;
const result = `${hash} ${parts.length} ${packed.length}`;
if (result !== EXPECTED) throw new Error(`codec: ${result}, expected ${EXPECTED}`);
console.log(`codec ${result}`);
