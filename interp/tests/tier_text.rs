//! Strings, typed arrays, dense elements and builtins by direct helpers in every mode of the optimizing tier: all must agree.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

#[test]
fn code_units_and_characters() {
    let source = r"
        const texts = ['plain text', 'stra\u00dfe', 'wide \u4e2d\u6587 \ud83d\ude00 end', 'x'.repeat(30) + 'y'.repeat(30),
            'prefix'.repeat(8).substring(3, 40), '', 'a'];
        function units(s) { let h = 0; for (let i = 0; i < s.length; i++) h = h * 31 + s.charCodeAt(i) | 0; return h }
        function points(s) { let h = 0; for (let i = 0; i < s.length; i++) h += s.codePointAt(i); return h }
        function count(s) { let n = 0; for (let i = 0; i < s.length; i++) { const c = s[i]; if (c === 'e' || c === '\u4e2d') n++; if (c > 'p') n += 10; if (c === 'ab') n += 1000 } return n }
        function kinds(s) { let n = ''; for (let i = 0; i < s.length; i++) switch (s.charAt(i)) { case 'x': n += 1; break; case ' ': n += 2; break; case '': n += 9; break; default: n += 3 } return n }
        function beyond(s) { return [s.charCodeAt(s.length), s.charAt(s.length), s[s.length], s.at(-1), s.at(99), s.codePointAt(99), s.charCodeAt(-1), s[-1], s.charCodeAt()] }
        let r = '';
        for (let k = 0; k < 12; k++) for (const t of texts) r += units(t) + ',' + points(t) + ',' + count(t) + ',' + kinds(t) + ',' + beyond(t) + ';';
        r += units('a' + r.length + texts[2]);
        String.prototype[7] = 'seven';
        r += beyond('abcdefg') + count('abc');
        delete String.prototype[7];
        r";
    assert!(run(source).contains("NaN,,,"));
}

#[test]
fn pieces_and_conversions() {
    let source = r"
        function pieces(s, i) { return [s.substring(i, i + 3), s.substring(5, i), s.slice(i), s.slice(-i, -1), s.slice(i, i - 2), s.indexOf('o', i), s.indexOf('zz'), s.includes('fox'), s.startsWith('ox', i), s.endsWith('g')].join('|') }
        function same(a, b) { return a === b ? 1 : a < b ? 2 : 3 }
        function number(i, x) { return `${i}:${x}` + String(i) + i.toString() + String(x) + ('n' + i) + Number(x) + Boolean(i) }
        let r = '';
        const s = 'the quick brown fox jumps over the lazy dog', t = s.split('').join('');
        const words = ['alpha', 'beta', t.substring(0, 3), 'the', 'al' + 'pha'.slice(0), ''];
        for (let k = -3; k < 30; k++) {
            r += pieces(s, k) + number(k, k / 4) + number(k * 1e9, -0);
            for (const a of words) for (const b of words) r += same(a, b);
        }
        r += pieces(s + t, 2.5) + number(1n, 'x');
        r += same(s, t) + same({}, 1) + same('a', 1) + String.fromCharCode(65.9, 66) + String.fromCharCode(65536 + 67);
        r";
    assert!(run(source).contains("ick|"));
}

/// One function that accesses arrays of all types: each store rounds, wraps or clamps as its type does.
#[test]
fn element_types_known_when_running() {
    let answer = run(include_str!("support/element_types.js"));
    assert!(
        answer.starts_with("true 0 0 1 -1 127 -2 44 -44 "),
        "{answer}"
    );
}

/// `undefined`, `null` and booleans are numbers wherever arithmetic and order have met them.
#[test]
fn arithmetic_of_oddballs() {
    let answer = run(include_str!("support/oddballs.js"));
    assert_eq!(
        answer,
        "true 8 4 2 2null,2,0,Infinity,NaN,2,0,2,2,2,2,false,false,true,true,-2,-3,2 \
         undefined3,NaN,NaN,NaN,NaN,3,0,3,0,0,0,false,false,false,false,NaN,-1,NaN \
         NaN,NaN,NaN,NaN,NaN,1,0,1,0,0,0,false,false,false,false,NaN,-1,NaN \
         1,-1,0,0,0,1,0,1,0,0,0,true,true,false,false,-0,-1,0"
    );
}

#[test]
fn typed_arrays_of_every_type() {
    let source = r"
        const types = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array];
        function make(T) { return Function('T', `
            const a = new T(20);
            for (let k = 0; k < 15; k++) for (let i = 0; i < a.length; i++) a[i] = a[i] * 3 + i * 1.7 - k * 40;
            let s = 0; for (let i = 0; i < a.length + 2; i++) s += a[i] === undefined ? 1000 : a[i];
            a[25] = 7; a[-1] = 8;
            return [s, a[0], a[19], a[25], a[-1], a.length, new T(0).length].join()`)(T) }
        function any(a, i) { a[i] = a[i] + 2.5; return a[i] }
        let r = '';
        for (const T of types) r += make(T) + ';';
        for (let k = 0; k < 10; k++) for (const T of types) r += any(new T(3), 1) + ',';
        r += any([1, 2, 3], 1);
        function len(a) { return a.length }
        const growing = new ArrayBuffer(8, { maxByteLength: 32 }), view = new Uint8Array(growing);
        for (let k = 0; k < 20; k++) r += len(view);
        growing.resize(24); r += len(view);
        growing.resize(0); r += len(view);
        growing.transfer(); r += len(view);
        class Odd extends Uint8Array { get length() { return 77 } }
        r += len(new Odd(2)) + len('four') + len([1]);
        Object.defineProperty(Object.getPrototypeOf(Uint8Array.prototype), 'length', { get() { return 88 } });
        r += len(new Uint8Array(1));
        r";
    assert!(run(source).ends_with("8288"));
}

#[test]
fn unsigned_phis() {
    let source = r"
        function hash(h, n) { for (let i = 0; i < n; i++) h = (h ^ i * 0x9E3779B1) >>> 0; return h }
        function mix(n) { let h = 0, last = 0; for (let i = 0; i < n; i++) { last = h; h = (h << 5 ^ h >>> 27 ^ i) >>> 0; if (h > 0xF0000000) last++ } return [h, last] }
        let r = [];
        for (let k = 0; k < 30; k++) r.push(hash(k, k), mix(k));
        r.push(hash(-1, 0), hash(0.5, 0), hash(-0, 0), hash(0.5, 3), hash(4294967295, 2), hash(4294967296, 1), hash('7', 2), Object.is(hash(-0, 0), -0));
        r.join()";
    assert!(run(source).ends_with("true"));
}

#[test]
fn dense_elements() {
    let source = r"
        function count(a) { let n = 0; for (let i = 0; i < a.length; i++) if (a[i] === undefined) n++; return n }
        function until(a) { let i = 0; while (a[i] !== undefined) i++; return i }
        function grow(n) { const a = []; for (let i = 0; i < n; i++) a[i] = i; return a }
        function fill(a, i, v) { a[i] = v; return a.length }
        function stack(n) { const a = []; let s = 0; for (let i = 0; i < n; i++) a.push(i, ), s += a.push(i * 2); while (a.length > 1) s += a.pop(); return s + a.shift() + a.length }
        function find(a, v) { return a.indexOf(v) * 10 + a.includes(v) }
        let r = [];
        for (let k = 0; k < 30; k++) {
            const holes = [1, , 3, , 5]; holes.length = 8;
            r.push(count(holes), until(holes), until([1, 2]), grow(k).length, fill(holes, 1, 7), fill(holes, 6, 7), fill({ length: 3 }, 1, 2), stack(k));
            r.push(find([1, NaN, 'x', undefined], [1, NaN, 'x', undefined, 9][k % 5]), [].pop(), [].shift());
        }
        const frozen = Object.freeze([1, 2]), fixed = Object.defineProperty([1, 2], 'length', { writable: false });
        for (const a of [frozen, fixed]) { try { a.push(3); } catch (e) { r.push(e.name) } r.push(fill(a, 2, 3), a.length) }
        let seen = 0;
        Object.defineProperty(Array.prototype, 3, { get() { return 'proto' }, set(v) { seen += v }, configurable: true });
        const more = [1, 2, 3];
        r.push(count([1, , 3, , 5]), until([1, 2, 3]), fill(more, 3, 10), more.push(20), seen, grow(6).length);
        delete Array.prototype[3];
        r.push(until([1, 2, 3]), grow(6).length);
        r.join()";
    assert!(run(source).contains("TypeError"));
}

#[test]
fn collections_and_numbers() {
    let source = r"
        function maps(keys) { const m = new Map(); for (const k of keys) m.set(k, m.has(k) ? m.get(k) + 1 : 0); let s = m.size; for (const k of keys) s += m.get(k) * 2; s += m.delete(keys[0]) + m.delete(keys[0]); return s + m.size }
        function sets(keys) { const m = new Set(); let s = 0; for (const k of keys) if (m.has(k)) s++; else m.add(k); return s * 100 + m.size + m.delete(keys[0]) }
        function tests(x) { return [Number.isInteger(x), Number.isSafeInteger(x), Number.isFinite(x), isNaN(x), isFinite(x), Number.isNaN(x), Math.sign(x), Math.round(x), Math.trunc(x), Object.is(x, -0), Object.is(x, NaN), parseInt(x)].join() }
        let r = '';
        const o = {}, keys = [1, 2, 0, -0, 'a', 'b', 'ab'.slice(0, 1), NaN, NaN, o, o, 1.5, 2 ** 40, undefined, null, true, 10n, 10n];
        const numbers = [0, -0, 1, -1, 0.5, -0.5, 0.49999999999999994, -0.2, 2.5, 3.5, -2.5, 1e300, -1e300, 2 ** 53, 2 ** 53 - 1, 4503599627370497.5, NaN, Infinity, -Infinity, 2147483648, -2147483648];
        for (let k = 0; k < 12; k++) { r += maps(keys) + ',' + sets(keys) + ';'; for (const x of numbers) r += tests(x) + ';' }
        r += tests('5') + tests(undefined) + tests({ valueOf() { return 3.5 } });
        try { maps.call(); Map.prototype.get.call({}, 1) } catch (e) { r += e.name }
        r";
    assert!(run(source).contains("TypeError"));
}

#[test]
fn sums_that_leave_int32_are_no_small_numbers() {
    let source = r"
        let k = 31;
        function sign(a) { return Math.sign(a + k) }
        function at(list, a) { return list.at(a + k) }
        function character(s, a) { return s.at(a + k) }
        const r = [];
        for (let i = 0; i < 30; i++) { sign(i - 40); at([1, 2, 3], -32); character('abc', -31) }
        for (const a of [0, -31, -32, 2147483617, 2147483647, -2147483648])
            r.push(sign(a), at([1, 2, 3], a), character('abc', a));
        r.join()";
    assert_eq!(run(source), "1,,,0,1,a,-1,3,c,1,,,1,,,-1,,");
}

#[test]
fn switches_over_strings() {
    let source = r"
        function kind(v) { switch (v) { case 'a': return 1; case 'bb': return 2; case '': return 3; default: return v !== 'zz' ? 4 : 5 } }
        const values = ['a', 'b' + 'b'.slice(0), '', 'zz', 'bb', 1, 2.5, NaN, null, undefined, true, {}, ['a'], Symbol('a'), 7n, new String('a'), 'x'.repeat(40)];
        let r = '';
        for (let k = 0; k < 40; k++) for (let i = 0; i < (k < 20 ? 5 : values.length); i++) r += kind(values[i]);
        r";
    assert!(run(source).ends_with("12352444444444444"));
}

#[test]
fn templates_of_strings_numbers_and_others() {
    assert_eq!(
        run(include_str!("support/templates.js")),
        "849966188 | 1802037493 | TypeError: Cannot mix BigInt and other types, use explicit conversions\
         TypeError: Cannot convert a Symbol value to a stringTypeError: Cannot convert a Symbol value to a number\
         thrown | aeaaeaaea | 180 | 9800 | RangeError"
    );
}

#[test]
fn long_switches_over_strings() {
    let source = "function kind(v) {
          switch (v) {
            case 'alpha': return 1;
            case 'beta': return 2;
            case 'gamma': return 3;
            case 'delta': return 4;
            case '': return 5;
          }
          return typeof v === 'string' ? 6 : 7;
        }
        const parts = ['al', 'be', 'ga', 'del', ''], ends = ['pha', 'ta', 'mma', 'x'];
        let sum = 0;
        for (let i = 0; i < 3000; i++) {
          sum += kind(['alpha', 'beta', 'gamma', 'delta', 'omega', ''][i % 6]);
          sum += 10 * kind(parts[i % 5] + ends[i % 4]);
          sum += 100 * kind(('xx' + parts[i % 5] + ends[i % 4]).slice(2));
          sum += 1000 * kind([i, i / 2, null, undefined, true, {}, Symbol.iterator, 5n, NaN][i % 9]);
          sum += 1e5 * kind(new String('beta'));
        }
        sum";
    assert_eq!(run(source), "2122759500");
}
