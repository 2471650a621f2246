// Arithmetic and order of undefined, null and booleans, as compiled code does it, against what the same code gave first.
const show = (v) => Object.is(v, -0) ? '-0' : String(v);
function all(a, b) {
    return [a + b, a - b, a * b, a / b, a % b, a | b, a & b, a ^ b, a << b, a >> b, a >>> b, a < b, a <= b, a > b, a >= b, -a, ~a, +a].map(show).join();
}
function known(x) {
    const y = x | 0;
    let z = (y < 3) & 1, count = 0, u;
    z += (y > 5) | 0;
    for (let i = 0; i < 5; i++) count += i > y;
    u++;
    return [y, z, count, u, true + true, (x === 2) * 4, null - true].map(show).join();
}
function step(n) { n++; return n; }
const values = [undefined, null, true, false, 1, -1, 0, -0, 1.5, NaN, 2 ** 31, -(2 ** 31)];
function round() {
    let text = '';
    for (const a of values) {
        text += known(a) + ' ' + show(step(a)) + '\n';
        for (const b of values) text += all(a, b) + '\n';
    }
    return text;
}
const first = round();
let same = true;
for (let i = 0; i < 200; i++) same &&= round() === first;
// What these are not comes late.
const late = [step('7'), step(3n), step({ valueOf() { return true; } }), all('2', null), all(undefined, '3')];
same + ' ' + late.join(' ') + ' ' + all(undefined, true) + ' ' + all(null, true)
