// Loops over typed arrays of every number type.
function fill(a, n) { for (let k = 0; k < n; k++) for (let i = 0; i < a.length; i++) a[i] = i * 3 + k; return a; }
function sumInt32(a, n) { let s = 0; for (let k = 0; k < n; k++) for (let i = 0; i < a.length; i++) s = (s + a[i]) | 0; return s; }
function sumUint8(a, n) { let s = 0; for (let k = 0; k < n; k++) for (let i = 0; i < a.length; i++) s = (s + a[i]) | 0; return s; }
function sumInt16(a, n) { let s = 0; for (let k = 0; k < n; k++) for (let i = 0; i < a.length; i++) s += a[i]; return s; }
function sumFloat64(a, n) { let s = 0; for (let k = 0; k < n; k++) for (let i = 0; i < a.length; i++) s += a[i]; return s; }
function sumUint32(a, n) { let s = 0; for (let k = 0; k < n; k++) for (let i = 0; i < a.length; i++) s = (s ^ a[i]) >>> 0; return s; }
function saxpy(x, y, n) { for (let k = 0; k < n; k++) for (let i = 0; i < x.length; i++) y[i] = y[i] * 0.5 + x[i]; let s = 0; for (let i = 0; i < y.length; i++) s += y[i]; return s; }
function clamp(a, b, n) { for (let k = 0; k < n; k++) for (let i = 0; i < a.length; i++) b[i] = a[i] * 1.5 - 20; let s = 0; for (let i = 0; i < b.length; i++) s += b[i]; return s; }
function histogram(bytes, n) { const h = new Uint32Array(256); for (let k = 0; k < n; k++) for (let i = 0; i < bytes.length; i++) h[bytes[i]]++; return h[7]; }
const N = 10000;
const i32 = fill(new Int32Array(N), 10), u8 = new Uint8Array(N).map((_, i) => i * 31), i16 = new Int16Array(N).map((_, i) => i * 17);
const f64 = new Float64Array(N).map((_, i) => i / 3), f32 = new Float32Array(N).map((_, i) => i / 7), u32 = new Uint32Array(N).map((_, i) => i * 0x9E3779B1);
const out = [fill(i32, 5000)[77], sumInt32(i32, 5000), sumUint8(u8, 5000), sumInt16(i16, 3000), sumFloat64(f64, 3000), sumUint32(u32, 3000),
  saxpy(f64, new Float64Array(N), 3000), saxpy(f32, new Float32Array(N), 2000), clamp(u8, new Uint8ClampedArray(N), 3000), histogram(u8, 3000)];
console.log("typed", out.join(" "));
