//! DataViews, Atomics, lists and copies of properties and elements that become dense, in every mode of the optimizing tier.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

/// Node's answers; the two after the detached buffer are TypeErrors.
const ANSWERS: &str = "5583:-513311152|5583:1905782943|5583:1555401532|5583:-558294029|5583:-513311152|5583:1905782943|5583:1555401532|5583:-558294029|5583:-513311152|5583:1905782943|5583:1555401532|5583:-558294029|5583:-513311152|5583:1905782943|5583:1555401532|5583:-558294029|5583:-513311152|5583:1905782943|5583:1555401532|5583:-558294029|5583:-513311152|5583:1905782943|5583:1555401532|5583:-558294029|1050105751395.167|1185815603043.167|1142289213283.167|1105067911011.167|0|RangeError|RangeError|RangeError|-32639|-31830|-32382|TypeError|-13107|TypeError|undefined|7|RangeError|undefined|258|TypeError|127|2.416852832503161e-35|TypeError|TypeError";

#[test]
fn data_views() {
    let source = r##"const names = ['Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64'];
const values = [0, -0, 1, -1, 127, 128, 255, 256, 32768, 65535, 65536, 2147483647, 2147483648, 4294967295, -2147483648, 0.5, -1.75, 1e300, NaN, Infinity];
function all(view) {
    let text = '';
    const get = {
        Int8: (i) => view.getInt8(i), Uint8: (i) => view.getUint8(i), Int16: (i, o) => view.getInt16(i, o), Uint16: (i, o) => view.getUint16(i, o),
        Int32: (i, o) => view.getInt32(i, o), Uint32: (i, o) => view.getUint32(i, o), Float32: (i, o) => view.getFloat32(i, o), Float64: (i, o) => view.getFloat64(i, o),
    };
    const set = {
        Int8: (i, v) => view.setInt8(i, v), Uint8: (i, v) => view.setUint8(i, v), Int16: (i, v, o) => view.setInt16(i, v, o), Uint16: (i, v, o) => view.setUint16(i, v, o),
        Int32: (i, v, o) => view.setInt32(i, v, o), Uint32: (i, v, o) => view.setUint32(i, v, o), Float32: (i, v, o) => view.setFloat32(i, v, o), Float64: (i, v, o) => view.setFloat64(i, v, o),
    };
    let n = 0;
    for (const order of [true, false, undefined]) {
        for (const name of names) {
            for (const v of values) {
                n = (n + 7) % (view.byteLength - 8);
                set[name](n, v, order);
                text += get[name](n, order) + ',' + get[name](n, !order) + ';';
            }
        }
    }
    let sum = 0;
    for (let i = 0; i < view.byteLength; i++) sum = (sum * 31 + view.getUint8(i)) | 0;
    return text.length + ':' + sum;
}
const known = (view, n) => {
    let s = 0;
    for (let i = 0; i < n; i++) {
        view.setInt32((i & 7) * 4 + 1, i * 77, true);
        view.setInt16(i & 31, -i);
        view.setFloat64(i & 15, i / 3, true);
        view.setFloat32((i & 15) + 3, i / 5);
        view.setUint8(i & 31, i);
        s += view.getInt32((i & 7) * 4) + view.getUint32(i & 31, true) + view.getUint16(i & 31) + view.getInt8(i & 31);
        const f = view.getFloat64(i & 15, true) + view.getFloat32(i & 15);
        if (f === f && Math.abs(f) < 1e9) s += f;
    }
    return s;
};
const attempt = (f) => { try { return String(f()); } catch (e) { return e.name; } };
const results = [];
const plain = new DataView(new ArrayBuffer(64), 3, 45);
const shared = new DataView(new SharedArrayBuffer(64), 5);
const growing = new ArrayBuffer(64, { maxByteLength: 128 });
const tracking = new DataView(growing, 2), fixed = new DataView(growing, 4, 50);
for (let i = 0; i < 6; i++) for (const view of [plain, shared, tracking, fixed]) results.push(all(view));
for (const view of [plain, shared, tracking, fixed]) results.push(known(view, 900).toFixed(3));
const last = (view, i) => view.getInt16(i);
for (let i = 0; i < 300; i++) last(plain, i % 44);
results.push(attempt(() => last(plain, 43)), attempt(() => last(plain, 44)), attempt(() => last(plain, -1)), attempt(() => last(plain, 2 ** 31)), attempt(() => last(plain, NaN)),
    attempt(() => last(plain, '3')), attempt(() => last(plain, 1.5)), attempt(() => last({}, 1)));
growing.resize(20);
results.push(attempt(() => last(tracking, 10)), attempt(() => last(fixed, 1)));
const put = (view, i, v) => view.setUint16(i, v);
for (let i = 0; i < 300; i++) put(plain, i % 44, i);
results.push(attempt(() => put(plain, 1, '7')), attempt(() => last(plain, 1)), attempt(() => put(plain, 44, 1)), attempt(() => put(plain, 3, { valueOf() { plain.setUint8(3, 1); return 258; } })), attempt(() => last(plain, 3)),
    attempt(() => put(plain, 3, 1n)));
const bits = new DataView(new ArrayBuffer(16));
const signal = (i) => { bits.setUint32(0, 0x7ff00000 + i, false); bits.setUint32(4, 1, false); bits.setFloat64(8, bits.getFloat64(0)); return bits.getUint8(8); };
for (let i = 0; i < 200; i++) signal(i);
results.push(signal(3));
const swapped = (i) => { bits.setUint32(0, 0x7f800001 + i, true); return bits.getFloat32(0, false); };
for (let i = 0; i < 200; i++) swapped(i);
results.push(swapped(5));
const moved = new ArrayBuffer(32), gone = new DataView(moved);
const sum = (view) => { let s = 0; for (let i = 0; i < 20; i++) { if (i === 19 && view.stop) moved.transfer(); s += view.getUint8(i); } return s; };
for (let i = 0; i < 300; i++) sum(gone);
gone.stop = true;
results.push(attempt(() => sum(gone)), attempt(() => gone.setUint8(0, 1)));
results.join('|')
"##;
    assert_eq!(run(source), ANSWERS);
}

#[test]
fn lists_of_own_properties() {
    let source = "class A { #p = 1; x = 1; get y() { return 2 } static z = 3 }
        let s = Symbol('s'), log = [];
        let odd = { b: 1, 10: 'ten', a: 2, 2: 'two', [s]: 3, get c() { log.push('c'); return 4 } };
        Object.defineProperty(odd, 'hidden', { value: 5, enumerable: false });
        Object.defineProperty(odd, '5', { value: 'five', enumerable: false, configurable: true });
        let gone = { a: 1, b: 2, c: 3 }; delete gone.b;
        let many = {}; for (let i = 0; i < 600; i++) many['k' + i] = i; for (let i = 0; i < 600; i += 2) delete many['k' + i];
        let holes = [1, , 3]; holes.name = 'n'; holes[-1] = 'm';
        let things = [odd, gone, many, holes, new A, A, function f(a, b) {}, 'text', new String('ab'), 5, [], {}, new Uint8Array(3),
            Object.freeze({ p: 1, 0: 2 }), Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true } }), new Proxy({ q: 1, r: 2 }, {}),
            (function () { return arguments })(1, 2), new Map([[1, 2]]), new Error('e'), globalThis.Math];
        function lists(o) { return [Object.keys(o), Object.values(o).length, Object.entries(o)] }
        let texts = [];
        for (let i = 0; i < 40; i++) for (let o of things) texts.push(JSON.stringify(lists(o), (k, v) => typeof v === 'function' ? 'f' : v));
        let first = texts.slice(0, things.length);
        let same = texts.every((t, i) => t === first[i % things.length]);
        first.splice(2, 1, first[2].length);
        [same, log.length, ...first].join('\\n')";
    let expected = "true
80
[[\"2\",\"10\",\"b\",\"a\",\"c\"],5,[[\"2\",\"two\"],[\"10\",\"ten\"],[\"b\",1],[\"a\",2],[\"c\",4]]]
[[\"a\",\"c\"],2,[[\"a\",1],[\"c\",3]]]
5844
[[\"0\",\"2\",\"name\",\"-1\"],4,[[\"0\",1],[\"2\",3],[\"name\",\"n\"],[\"-1\",\"m\"]]]
[[\"x\"],1,[[\"x\",1]]]
[[\"z\"],1,[[\"z\",3]]]
[[],0,[]]
[[\"0\",\"1\",\"2\",\"3\"],4,[[\"0\",\"t\"],[\"1\",\"e\"],[\"2\",\"x\"],[\"3\",\"t\"]]]
[[\"0\",\"1\"],2,[[\"0\",\"a\"],[\"1\",\"b\"]]]
[[],0,[]]
[[],0,[]]
[[],0,[]]
[[\"0\",\"1\",\"2\"],3,[[\"0\",0],[\"1\",0],[\"2\",0]]]
[[\"0\",\"p\"],2,[[\"0\",2],[\"p\",1]]]
[[\"own\"],1,[[\"own\",1]]]
[[\"q\",\"r\"],2,[[\"q\",1],[\"r\",2]]]
[[\"0\",\"1\"],2,[[\"0\",1],[\"1\",2]]]
[[],0,[]]
[[],0,[]]
[[],0,[]]";
    assert_eq!(run(source), expected);
}

#[test]
fn sparse_elements_that_fill_up() {
    let source = "function fill(o, n, step) { for (let i = 0; i < n; i++) { const k = (i * step) % n; o[k] = (o[k] | 0) + k } return o }
        function sum(o, n) { let s = 0; for (let i = 0; i < n; i++) s = (s * 31 + (o[i] | 0)) | 0; return s }
        let r = [];
        for (const n of [300, 5000, 9001]) {
            for (const step of [7919, 1, 6007]) {
                for (const o of [{}, [], Object.create([]), function () {}]) {
                    o[n - 1] = 0;
                    fill(o, n, step);
                    r.push(sum(o, n), Object.keys(o).length);
                    if (Array.isArray(o)) r.push(o.length);
                }
            }
        }
        // Attributes, accessors and closed objects stay as they are.
        let odd = {}; odd[90000] = 1;
        Object.defineProperty(odd, 5000, { get() { return 'got' }, configurable: true });
        Object.defineProperty(odd, 5001, { value: 'const' });
        fill(odd, 4000, 1);
        odd[5001] = 2;
        r.push(odd[5000], odd[5001], odd[90000], Object.keys(odd).length);
        let a = []; a[60000] = 1; a.length = 59999; fill(a, 59999, 7919);
        Object.defineProperty(a, 'length', { writable: false });
        a[59999] = 1;
        r.push(a.length, a[59999], sum(a, 59999));
        let closed = {}; closed[8000] = 1; fill(closed, 1000, 3); Object.preventExtensions(closed);
        closed[7000] = 1; closed[999] = 'last';
        r.push(closed[7000], closed[999]);
        r.join()";
    assert_eq!(
        run(source),
        "-466969450,300,-466969450,300,300,-466969450,300,-466969450,300,-466969450,300,-466969450,300,300,-466969450,300,-466969450,300,-466969450,300,-466969450,300,300,-466969450,300,-466969450,300,1826922948,5000,1826922948,5000,5000,1826922948,5000,1826922948,5000,1826922948,5000,1826922948,5000,5000,1826922948,5000,1826922948,5000,1826922948,5000,1826922948,5000,5000,1826922948,5000,1826922948,5000,454904852,9001,454904852,9001,9001,454904852,9001,454904852,9001,454904852,9001,454904852,9001,9001,454904852,9001,454904852,9001,454904852,9001,454904852,9001,9001,454904852,9001,454904852,9001,got,const,1,4001,59999,,1738520335,,last"
    );
}

#[test]
fn keys_that_are_asked_for_twice() {
    let source = "function count(words) { const o = {}; for (const w of words) o[w] = (o[w] || 0) + 1; return o }
        let words = 'a bc a def bc a ghij def xyz a bc'.split(' '), built = [];
        for (let i = 0; i < 500; i++) built.push('key' + i % 37, ('ke' + 'y12').slice(0, 3 + i % 3));
        let r = [];
        for (let k = 0; k < 10; k++) {
            r.push(JSON.stringify(count(words)), count(built).key5, Object.keys(count(built)).length);
            built = built.map((w) => w.slice(0, 2) + w.slice(2));
        }
        [...new Set(r)].join()";
    assert_eq!(
        run(source),
        "{\"a\":4,\"bc\":3,\"def\":2,\"ghij\":1,\"xyz\":1},14,38"
    );
}

#[test]
fn copies_of_properties() {
    let source = "let log = [], s = Symbol('s');
        let from = { b: 1, [s]: 2, a: 3, get c() { log.push('c'); return 4 } };
        let plain = { b: 1, [s]: 2, a: 3, d: undefined };
        let hidden = Object.defineProperty({ x: 1, z: 3 }, 'y', { value: 2, enumerable: false });
        let holes = Object.assign([1, , 3], { k: 1 });
        class P { #p = 5; q = 6; get p() { return this.#p } }
        // Setters of the target change the source under the copy.
        function changing() {
            let o = { first: 1, second: 2, third: 3, fourth: 4 };
            return [o, { set first(v) { delete o.second; o.third = 'changed'; o.late = 1; Object.defineProperty(o, 'fourth', { get() { return 'got' } }) } }];
        }
        function show(o) { return Reflect.ownKeys(o).map((k) => String(k) + '=' + String(o[k])).join() }
        function copies() {
            let [source, target] = changing(), r = [];
            r.push(show(Object.assign(target, source)));
            for (let o of [from, plain, hidden, holes, new P, 'text', 5, null, Object.freeze({ f: 1 }), new Proxy({ g: 1 }, {}), { 7: 'seven', x: 'named' }]) {
                r.push(show(Object.assign({ a: 'old' }, o)), show({ ...o, last: 1 }));
                if (o !== null) { let { b, x, ...rest } = o; r.push(b, x, show(rest)) }
            }
            try { Object.assign(Object.freeze({ a: 1 }), plain) } catch (e) { r.push(e.name) }
            let array = Object.assign([], { length: 3, name: 'n' });
            r.push(array.length, show(Object.assign(function () {}, { name2: 1 })).includes('name2=1'));
            let inherited = Object.assign(Object.create({ set a(v) { log.push(v) } }), plain);
            r.push(show(inherited));
            return r.join('|');
        }
        let first = copies(), same = true;
        for (let i = 0; i < 60; i++) same = copies() === first && same;
        [same, log.length, first].join('\\n')";
    assert_eq!(run(source), "true
244
first=undefined,third=changed,fourth=got|a=3,b=1,c=4,Symbol(s)=2|b=1,a=3,c=4,last=1,Symbol(s)=2|1||a=3,c=4,Symbol(s)=2|a=3,b=1,d=undefined,Symbol(s)=2|b=1,a=3,d=undefined,last=1,Symbol(s)=2|1||a=3,d=undefined,Symbol(s)=2|a=old,x=1,z=3|x=1,z=3,last=1||1|z=3|0=1,2=3,a=old,k=1|0=1,2=3,k=1,last=1|||0=1,2=3,k=1|a=old,q=6|q=6,last=1|||q=6|0=t,1=e,2=x,3=t,a=old|0=t,1=e,2=x,3=t,last=1|||0=t,1=e,2=x,3=t|a=old|last=1||||a=old|last=1|a=old,f=1|f=1,last=1|||f=1|a=old,g=1|g=1,last=1|||g=1|7=seven,a=old,x=named|7=seven,x=named,last=1||named|7=seven|TypeError|3|true|b=1,d=undefined,Symbol(s)=2");
}

#[test]
fn species_of_arrays() {
    let source = r##"const r = [];
const show = (a) => `${a.constructor === Array}:${Object.getPrototypeOf(a) === Array.prototype}:${a.length}`;
const all = () => { const a = [1, [2], 3]; r.push([a.slice(1), a.concat(4), a.map((x) => x), a.filter(Boolean), a.flat(), a.flatMap((x) => x), a.splice(1, 1)].map(show).join()); };
all(); all();
const species = Object.getOwnPropertyDescriptor(Array, Symbol.species);
class Sub extends Array {}
Object.defineProperty(Array, Symbol.species, { get() { return Sub; }, configurable: true }); all();
Object.defineProperty(Array, Symbol.species, species); all();
Object.defineProperty(Array, Symbol.species, { value: undefined, configurable: true }); all();
Object.defineProperty(Array, Symbol.species, species); all();
Array.prototype.constructor = Sub; all();
Array.prototype.constructor = Array; all();
Object.defineProperty(Array.prototype, 'constructor', { get() { return Sub; }, configurable: true }); all();
Object.defineProperty(Array.prototype, 'constructor', { value: Array, writable: true, enumerable: false, configurable: true }); all();
delete Array.prototype.constructor; all();
Object.defineProperty(Array.prototype, 'constructor', { value: Array, writable: true, enumerable: false, configurable: true }); all();
delete Array[Symbol.species]; all();
Object.defineProperty(Array, Symbol.species, species); all();
const own = [1, 2, 3]; own.constructor = Sub; r.push(own.slice(1) instanceof Sub, own.map((x) => x) instanceof Sub);
r.push(new Sub(1, 2, 3).slice(1) instanceof Sub, [1].concat(new Sub(4)) instanceof Sub, Object.setPrototypeOf([1, 2], Sub.prototype).slice() instanceof Sub, Object.setPrototypeOf([1, 2], null) && Array.prototype.slice.call(Object.setPrototypeOf([1, 2], null)).length);
r.push(Array.prototype.slice.call({ length: 2, 0: 1 }).length);
r.join('\n')"##;
    let expected =
        "true:true:2,true:true:4,true:true:3,true:true:3,true:true:3,true:true:3,true:true:1
true:true:2,true:true:4,true:true:3,true:true:3,true:true:3,true:true:3,true:true:1
false:false:2,false:false:4,false:false:3,false:false:3,false:false:3,false:false:3,false:false:1
true:true:2,true:true:4,true:true:3,true:true:3,true:true:3,true:true:3,true:true:1
true:true:2,true:true:4,true:true:3,true:true:3,true:true:3,true:true:3,true:true:1
true:true:2,true:true:4,true:true:3,true:true:3,true:true:3,true:true:3,true:true:1
false:false:2,false:false:4,false:false:3,false:false:3,false:false:3,false:false:3,false:false:1
true:true:2,true:true:4,true:true:3,true:true:3,true:true:3,true:true:3,true:true:1
false:false:2,false:false:4,false:false:3,false:false:3,false:false:3,false:false:3,false:false:1
true:true:2,true:true:4,true:true:3,true:true:3,true:true:3,true:true:3,true:true:1
false:true:2,false:true:4,false:true:3,false:true:3,false:true:3,false:true:3,false:true:1
true:true:2,true:true:4,true:true:3,true:true:3,true:true:3,true:true:3,true:true:1
true:true:2,true:true:4,true:true:3,true:true:3,true:true:3,true:true:3,true:true:1
true:true:2,true:true:4,true:true:3,true:true:3,true:true:3,true:true:3,true:true:1
true
true
true
false
true
2
2";
    assert_eq!(run(source), expected);
}

#[test]
fn atomics() {
    let source = r##"const r = [];
const attempt = (f) => { try { return String(f()); } catch (e) { return e.name; } };
function every(a, n) {
    let s = 0;
    for (let i = 0; i < n; i++) {
        const k = i & 7;
        s = (s * 31 + Atomics.add(a, k, i * 77)) | 0;
        s = (s * 31 + Atomics.sub(a, k, i ^ 5)) | 0;
        s = (s * 31 + Atomics.and(a, k, ~i)) | 0;
        s = (s * 31 + Atomics.or(a, (k + 1) & 7, i << 3)) | 0;
        s = (s * 31 + Atomics.xor(a, k, -i)) | 0;
        s = (s * 31 + Atomics.exchange(a, (k + 3) & 7, i)) | 0;
        s = (s * 31 + Atomics.compareExchange(a, (k + 3) & 7, i & 1 ? i : -1, i + 9)) | 0;
        s = (s * 31 + Atomics.store(a, (k + 2) & 7, i - 100)) | 0;
        s = (s * 31 + Atomics.load(a, k)) | 0;
    }
    return s + ':' + [...a].slice(0, 8).join();
}
const arrays = [new Int32Array(8), new Int32Array(new SharedArrayBuffer(64), 8), new Uint32Array(9), new Int16Array(10), new Uint8Array(new SharedArrayBuffer(8)), new Int32Array(new ArrayBuffer(32, { maxByteLength: 64 }))];
for (let k = 0; k < 4; k++) for (const a of [arrays[0], arrays[1], arrays[0]]) r.push(every(a, 300));
for (const a of arrays) r.push(every(a, 200));
const plain = new Int32Array(4);
const load = (a, i) => Atomics.load(a, i), store = (a, i, v) => Atomics.store(a, i, v), add = (a, i, v) => Atomics.add(a, i, v);
for (let i = 0; i < 400; i++) { store(plain, i & 3, i); add(plain, i & 3, 1); load(plain, i & 3); }
r.push(attempt(() => load(plain, 4)), attempt(() => load(plain, -1)), attempt(() => load(plain, 1.9)), attempt(() => load(plain, '2')), attempt(() => load([1], 0)), attempt(() => load(new Float64Array(2), 0)));
r.push(attempt(() => store(plain, 0, 2.7)), attempt(() => store(plain, 0, -0)), Object.is(store(plain, 0, -0), 0), attempt(() => store(plain, 0, 2 ** 40 + 5)), load(plain, 0), attempt(() => store(plain, 1, 'x')), attempt(() => store(plain, 1)), load(plain, 1));
r.push(attempt(() => add(plain, 0, 2 ** 32 + 7)), load(plain, 0), attempt(() => add(plain, 0, NaN)), attempt(() => add(plain, 0, 1n)), attempt(() => add(plain, 0, { valueOf() { plain[0] = 50; return 1; } })), load(plain, 0));
r.push(attempt(() => add(plain, 9, 1)), add(plain, 0, 2147483647), add(plain, 0, 2147483647), load(plain, 0));
// Every load is done.
const counted = new Int32Array(1);
const spin = (a, n) => { let s = 0; for (let i = 0; i < n; i++) { s += Atomics.load(a, 0); Atomics.add(a, 0, 1); s += Atomics.load(a, 0) + a[0]; } return s; };
r.push(spin(counted, 500), spin(counted, 500));
r.join('\n')"##;
    let expected = "1064057105:-25075,-25069,-25405,-25535,2526,199,308,-25007
1064057105:-25075,-25069,-25405,-25535,2526,199,308,-25007
482095798:-25075,-25069,-25405,-25535,2526,199,308,-25007
482095798:-25075,-25069,-25405,-25535,2526,199,308,-25007
482095798:-25075,-25069,-25405,-25535,2526,199,308,-25007
482095798:-25075,-25069,-25405,-25535,2526,199,308,-25007
482095798:-25075,-25069,-25405,-25535,2526,199,308,-25007
482095798:-25075,-25069,-25405,-25535,2526,199,308,-25007
482095798:-25075,-25069,-25405,-25535,2526,199,308,-25007
482095798:-25075,-25069,-25405,-25535,2526,199,308,-25007
482095798:-25075,-25069,-25405,-25535,2526,199,308,-25007
482095798:-25075,-25069,-25405,-25535,2526,199,308,-25007
-1840854946:1658,99,208,-16639,-16595,-16837,-16885,-16847
-1840854946:1658,99,208,-16639,-16595,-16837,-16885,-16847
369296441:1658,99,208,4294950657,4294950701,4294950459,4294950411,4294950449
369296441:1658,99,208,-16639,-16595,-16837,-16885,-16847
-1490641607:122,99,208,1,45,59,11,49
369296441:1658,99,208,-16639,-16595,-16837,-16885,-16847
RangeError
RangeError
398
399
TypeError
TypeError
2
0
true
1099511627781
5
0
0
0
5
12
12
TypeError
50
51
RangeError
51
-2147483598
49
375250
1125250";
    assert_eq!(run(source), expected);
}

#[test]
fn deleted_properties() {
    let source = r##"const r = [];
const show = (o) => Reflect.ownKeys(o).map(String).join();
const drop = (o, k) => delete o[k];
for (let i = 0; i < 300; i++) {
    const o = { a: 1, b: 2 }; o.c = i;
    drop(o, 'c'); o.d = 1; drop(o, 'a'); o.a = 3; drop(o, 'nothing');
    if (i % 100 === 0) r.push(show(o), o.a, o.b, o.c, o.d);
}
const queue = {}; let sum = 0;
for (let i = 0; i < 2000; i++) { queue['k' + i] = i; if (i >= 20) { sum += queue['k' + (i - 20)]; drop(queue, 'k' + (i - 20)); } }
r.push(sum, Object.keys(queue).length, queue.k1999);
const list = [1, 2], f = function named(a) {}, e = new Error('m'), fixed = Object.freeze({ x: 1 }), got = { get g() { return 1 }, set g(v) {} };
r.push(drop(list, 'length'), drop(list, 'push'), drop(list, 1), list.length, drop(f, 'name'), drop(f, 'length'), drop(f, 'prototype'), show(f));
r.push(drop(e, 'stack'), drop(e, 'message'), e.message, Object.hasOwn(e, 'stack'), drop(fixed, 'x'), drop(fixed, 'y'), drop(got, 'g'), show(got), drop('text', 'length'), drop(new String('ab'), '0'));
(function () { 'use strict'; try { delete fixed.x } catch (x) { r.push(x.name) } try { delete list.length } catch (x) { r.push(x.name) } })();
r.join('\n')"##;
    let expected = "b,d,a
3
2

1
b,d,a
3
2

1
b,d,a
3
2

1
1959210
20
1999
false
true
true
2
true
true
false
arguments,caller,prototype
true
true

false
false
true
true

false
false
TypeError
TypeError";
    assert_eq!(run(source), expected);
}
