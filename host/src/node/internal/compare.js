// Deep equality, strict and loose.
const types = require('internal/types');
const typedTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const tagOf = (v) => Object.prototype.toString.call(v);
const enumerableSymbols = (o) => Object.getOwnPropertySymbols(o).filter((s) => Object.prototype.propertyIsEnumerable.call(o, s));

function equal(a, b, strict, seen) {
  if (a === b) return a !== 0 || !strict || Object.is(a, b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    if (strict) return typeof a === 'number' && Number.isNaN(a) && Number.isNaN(b);
    if (a === null || b === null || typeof a !== 'object' && typeof b !== 'object') return a == b || (a !== a && b !== b);
    return false;
  }
  if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (tagOf(a) !== tagOf(b)) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && a.length !== b.length) return false;
  const kind = binding.kindOf(a);
  if (kind !== binding.kindOf(b) && !(strict === false && kind !== 'Date')) return false;
  if (kind === 'Date') {
    if (Date.prototype.getTime.call(a) !== Date.prototype.getTime.call(b) && !(isNaN(a) && isNaN(b))) return false;
  } else if (kind === 'RegExp') {
    if (a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex) return false;
  } else if (kind === 'Error') {
    if (a.message !== b.message || a.name !== b.name) return false;
    if (!equal(a.cause, b.cause, strict, seen) || !equal(a.errors, b.errors, strict, seen)) return false;
  } else if (types.isBoxedPrimitive(a)) {
    if (!Object.is(a.valueOf(), b.valueOf())) return false;
  } else if (types.isTypedArray(a)) {
    if (a.length !== b.length || typedTag.call(a) !== typedTag.call(b)) return false;
    for (let i = 0; i < a.length; i++) if (!(strict ? Object.is(a[i], b[i]) : a[i] === b[i] || a[i] !== a[i] && b[i] !== b[i])) return false;
    return sameKeys(a, b, strict, seen, (k) => !/^(0|[1-9]\d*)$/.test(k));
  } else if (types.isAnyArrayBuffer(a) || types.isDataView(a)) {
    if (a.byteLength !== b.byteLength || binding.compare(a, b) !== 0) return false;
  } else if (['WeakMap', 'WeakSet', 'Promise', 'WeakRef'].includes(kind)) {
    return false;
  }
  // Cycles: a pair under comparison counts as equal.
  seen ??= new Map();
  if (seen.get(a) === b) return true;
  const before = seen.get(a);
  seen.set(a, b);
  const result = sameEntries(a, b, strict, seen, kind) && sameKeys(a, b, strict, seen);
  if (before === undefined) seen.delete(a);
  else seen.set(a, before);
  return result;
}

function sameKeys(a, b, strict, seen, filter = () => true) {
  const keys = Object.keys(a).filter(filter);
  if (keys.length !== Object.keys(b).filter(filter).length) return false;
  if (strict) {
    const symbols = enumerableSymbols(a);
    if (symbols.length !== enumerableSymbols(b).length) return false;
    keys.push(...symbols);
  }
  for (const k of keys) if (!Object.prototype.propertyIsEnumerable.call(b, k)) return false;
  for (const k of keys) if (!equal(a[k], b[k], strict, seen)) return false;
  return true;
}

function sameEntries(a, b, strict, seen, kind) {
  if (kind !== 'Set' && kind !== 'Map') return true;
  if (a.size !== b.size) return false;
  const rest = new Set(b.keys());
  const later = [];
  for (const k of a.keys()) {
    if (rest.has(k) && (kind === 'Set' || equal(a.get(k), b.get(k), strict, seen))) rest.delete(k);
    else if (strict && (typeof k !== 'object' || k === null)) return false;
    else later.push(k);
  }
  for (const k of later) {
    let found = false;
    for (const other of rest) {
      if (equal(k, other, strict, seen) && (kind === 'Set' || equal(a.get(k), b.get(other), strict, seen))) {
        rest.delete(other);
        found = true;
        break;
      }
    }
    if (!found) return false;
  }
  return true;
}

module.exports = {
  isDeepStrictEqual: (a, b) => equal(a, b, true),
  isDeepEqual: (a, b) => equal(a, b, false),
};
