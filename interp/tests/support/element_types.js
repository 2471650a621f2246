const types = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float16Array, Float32Array, Float64Array];
const values = [0, -0, 1.5, -1.5, 127.5, 254.5, 300, -300, 65536.25, 2147483648, 4294967296.75, -4294967297, 1e300, NaN, Infinity, -Infinity];
function put(a, i, v) { a[i] = v; }
function get(a, i) { return a[i]; }
const show = (v) => Object.is(v, -0) ? '-0' : v;
function round() {
    let text = '';
    for (const type of types) {
        const a = new type(values.length);
        for (let i = 0; i < values.length; i++) put(a, i, values[i]);
        for (let i = 0; i < values.length; i++) text += show(get(a, i)) + ' ';
        text += '| ';
    }
    return text;
}
const first = round();
let same = true;
for (let i = 0; i < 300; i++) same &&= round() === first;
// Beyond the end, of other types, detached.
const late = [get(new Int8Array(1), 5), get(new BigInt64Array(1), 0), get([7], 0), get(new Float64Array(new ArrayBuffer(8, { maxByteLength: 16 })), 0)];
same + ' ' + first + late.join()
