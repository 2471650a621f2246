// What every generated program is run with: a log of values that is folded into a checksum, and helpers.
// The line `id checksum count` is printed for each program; with `verbose` every logged value as well.
"use strict";
var verbose = typeof verbose_log !== "undefined";
var queue = [];
var hash = 0, count = 0, effects = 0;
var float = new Float64Array(1), bits = new Int32Array(float.buffer);

function fold(text) {
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
}

// Text of a value, without running code of the program.
function show(value, depth = 3) {
  switch (typeof value) {
    case "number": return Object.is(value, -0) ? "-0" : String(value);
    case "string": return JSON.stringify(value.length > 60 ? value.slice(0, 60) + value.length : value);
    case "bigint": return value + "n";
    case "symbol": return value.toString();
    case "function": return "function";
    case "object": break;
    default: return String(value);
  }
  if (value === null) return "null";
  if (value === globalThis) return "global";
  if (depth === 0) return "...";
  if (value instanceof Error) {
    const name = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value), "name");
    return (name && String(name.value)) + (messages ? ": " + value.message : "");
  }
  if (value instanceof Map) return "Map " + show([...value].slice(0, 8), depth - 1);
  if (value instanceof Set) return "Set " + show([...value].slice(0, 8), depth - 1);
  if (value instanceof Promise) return "Promise";
  const parts = [];
  const array = Array.isArray(value);
  const keys = Reflect.ownKeys(value);
  if (array) parts.push("length " + value.length);
  if (ArrayBuffer.isView(value)) parts.push(Object.prototype.toString.call(value));
  if (Object.isFrozen(value)) parts.push("frozen");
  for (let i = 0; i < keys.length && i < 16; i++) {
    const key = keys[i];
    if (array && key === "length") continue;
    const property = Reflect.getOwnPropertyDescriptor(value, key);
    if (property === undefined) continue;
    let text = String(key) + ":";
    if ("value" in property) text += show(property.value, depth - 1);
    else text += (property.get ? "get" : "") + (property.set ? "set" : "");
    if (!property.writable || !property.enumerable || !property.configurable)
      text += " " + (property.writable ? "w" : "") + (property.enumerable ? "e" : "") + (property.configurable ? "c" : "");
    parts.push(text);
  }
  return (array ? "[" : "{") + parts.join(", ") + (array ? "]" : "}");
}

function log(value) {
  const text = show(value);
  fold(text);
  count++;
  if (verbose) console.log(text + " #" + hash);
}

// As log, but cheap for numbers: for hot loops.
function mix(value) {
  if (typeof value === "number") {
    float[0] = value === value ? value : 1e300;
    hash = (Math.imul(hash, 33) ^ bits[0] ^ Math.imul(bits[1], 7)) | 0;
  } else {
    fold(show(value, 2));
  }
  count++;
}

// An object whose conversion has an effect.
function effect(value) {
  return {
    valueOf() { effects++; hash = (hash + 1) | 0; return value; },
    toString() { effects++; hash = (hash + 2) | 0; return "e" + value; },
  };
}

// Ten digits: what is left of results that libraries may round differently.
function round(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(10)) : value;
}

// Values a caller has not seen before.
function odd(i) {
  switch (i % 13) {
    case 0: return 1;
    case 1: return -7;
    case 2: return 0.5;
    case 3: return -0;
    case 4: return NaN;
    case 5: return 2147483648;
    case 6: return "s" + i;
    case 7: return undefined;
    case 8: return null;
    case 9: return true;
    case 10: return { a: i, x: 1.5, m(y) { return y; } };
    case 11: return [i, 2, 3];
    default: return 2147483647;
  }
}

function run(id, program) { queue.push([id, program]); }

async function go() {
  for (const [id, program] of queue) {
    hash = 0; count = 0; effects = 0;
    for (const key of ["a", "b", "c", "x", "y", "z", "m", "g"]) delete globalThis[key];
    try {
      const result = program();
      if (result instanceof Promise) await result;
    } catch (error) {
      log(error);
    }
    log(effects);
    console.log(id + " " + hash + " " + count);
  }
}
