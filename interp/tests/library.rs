//! Builtins with ways of their own for the usual case: what they do where the case is another one, or stops being the usual one.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

#[test]
fn stringify_follows_changes() {
    // The third object's getter gives every object a toJSON; those behind it have one.
    assert_eq!(
        run(
            "const list = [{ q: 1 }, { q: 2 }, { get q() { Object.prototype.toJSON = () => 'late'; return 1; } }, { q: 3 }, [1]];
             const text = JSON.stringify(list);
             delete Object.prototype.toJSON;
             text + JSON.stringify(list.slice(0, 2))"
        ),
        r#"[{"q":1},{"q":2},{"q":1},"late","late"][{"q":1},{"q":2}]"#
    );
    // Getters that take properties away and add others.
    assert_eq!(
        run(
            "const less = () => ({ get a() { delete this.b; return 1; }, b: 2, c: 3 });
             const more = () => ({ k: 1, get m() { this.extra = 1; return 2; }, n: 3 });
             JSON.stringify([less(), less(), less(), more(), more(), more()])"
        ),
        r#"[{"a":1,"c":3},{"a":1,"c":3},{"a":1,"c":3},{"k":1,"m":2,"n":3},{"k":1,"m":2,"n":3},{"k":1,"m":2,"n":3}]"#
    );
    assert_eq!(
        run(
            "class P { constructor(x) { this.x = x; } toJSON(key) { return key + this.x; } }
             JSON.stringify([new P(1), { p: new P(2) }, { p: new P(3) }, { p: new P(4) }])"
        ),
        r#"["01",{"p":"p2"},{"p":"p3"},{"p":"p4"}]"#
    );
}

#[test]
fn stringify_quotes_names_in_both_widths() {
    assert_eq!(
        run(
            "const o = (v) => ({ 'a\"b': v, '\\u00e9': 1, skip: undefined, [Symbol()]: 2 });
             JSON.stringify([o(1), o('\\u65e5'), o(2), o(3)]) + JSON.stringify([o(1), o(2), o(3)], null, '-')"
        ),
        "[{\"a\\\"b\":1,\"é\":1},{\"a\\\"b\":\"日\",\"é\":1},{\"a\\\"b\":2,\"é\":1},{\"a\\\"b\":3,\"é\":1}]\
         [\n-{\n--\"a\\\"b\": 1,\n--\"é\": 1\n-},\n-{\n--\"a\\\"b\": 2,\n--\"é\": 1\n-},\n-{\n--\"a\\\"b\": 3,\n--\"é\": 1\n-}\n]"
    );
}

#[test]
fn integrity_of_arrays() {
    assert_eq!(
        run("'use strict';
             const out = [];
             const refused = (f) => { try { f(); return 0; } catch (e) { return e instanceof TypeError ? 1 : e; } };
             const make = [
                 () => [1, 2, 3],
                 () => [1, , 3],
                 () => [],
                 () => Object.assign([1, 2], { x: 1 }),
                 () => Object.defineProperty([1, 2], 1, { get: () => 7, configurable: true, enumerable: true }),
                 () => Object.preventExtensions([1, 2]),
                 () => { const used = [1]; Object.create(used); return used; },
                 () => class extends Array {}.of(1, 2),
                 () => ({ a: 1, 0: 2, 5: 3 }),
             ];
             for (const f of make) {
                 const [o, p] = [Object.freeze(f()), Object.seal(f())];
                 out.push([
                     Object.isFrozen(o), Object.isSealed(p), Object.isExtensible(o) || Object.isExtensible(p),
                     refused(() => { o[0] = 9; }), refused(() => { o[9] = 9; }), refused(() => { delete o[0]; }),
                     refused(() => { p[9] = 9; }), 0 in p && refused(() => { p[0] = 9; }), 0 in p && refused(() => { delete p[0]; }),
                     Array.isArray(o) && refused(() => { o.length = 0; }), Array.isArray(o) && refused(() => o.push(1)),
                     Array.isArray(p) && Object.getOwnPropertyDescriptor(p, 'length').writable,
                 ].map(Number).join(''));
             }
             out.join(' ')"),
        "110111101111 110111101111 110110100111 110111101111 110111101111 110111101111 110111101111 110111101111 110111101000"
    );
}

#[test]
fn matches_make_plain_arrays() {
    assert_eq!(
        run("const r = () => /(b)(c)/.exec('abc').slice(1);
             class Mine extends Array {}
             const out = [];
             for (let i = 0; i < 3; i++) out.push(r().constructor === Array, 'index' in r());
             const own = /b/.exec('abc');
             own.constructor = Mine;
             out.push(own.map((x) => x) instanceof Mine);
             Array.prototype.constructor = Mine;
             out.push(r() instanceof Mine);
             Array.prototype.constructor = Array;
             out.push(r() instanceof Mine);
             out.join()"),
        "true,false,true,false,true,false,true,true,false"
    );
}

#[test]
fn traps_and_methods_that_come_later() {
    assert_eq!(
        run("const handler = {}, late = {};
             Object.setPrototypeOf(handler, late);
             const p = new Proxy({ x: 1 }, handler);
             const out = [p.x, p.x];
             late.get = () => 2;
             out.push(p.x, p.x);
             handler.get = () => 3;
             out.push(p.x, p.x);
             delete handler.get;
             out.push(p.x);
             delete late.get;
             out.push(p.x);
             const proto = {}, o = Object.create(proto);
             out.push(`${o}`);
             proto.toString = () => 'four';
             out.push(`${o}`, `${o}`);
             proto[Symbol.toPrimitive] = () => 'five';
             out.push(`${o}`);
             out.join()"),
        "1,1,2,2,3,3,2,1,[object Object],four,four,five"
    );
}

#[test]
fn bigints_of_all_sizes() {
    assert_eq!(
        run("let bad = 0, s = 12345n;
             const random = (bits) => {
                 let r = 0n;
                 for (let i = 0; i < bits; i += 32) {
                     s = (s * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
                     r = (r << 32n) | (s >> 32n);
                 }
                 return r;
             };
             for (let i = 0; i < 400; i++) {
                 const [a, b] = [random(i % 90 * 8), random(i * 7 % 41 * 16) + 1n];
                 for (const x of [a, -a]) for (const y of [b, -b]) {
                     const ok = (x / y) * y + x % y === x && (x + y) - y === x && (x - y) + y === x
                         && (x * y) / y === x && (x & y) + (x | y) === x + y && (x ^ y) === (x | y) - (x & y)
                         && ~x === -x - 1n && (x << 67n) >> 67n === x && x >> 3n === (x - ((x % 8n) + 8n) % 8n) / 8n
                         && BigInt(x.toString()) === x && (x < y) === (x - y < 0n) && BigInt.asIntN(4000, x) === x;
                     if (!ok) bad++;
                 }
             }
             [bad, BigInt.asUintN(64, -1n), BigInt.asIntN(64, 1n << 63n), BigInt.asUintN(3, 13n), 5n == 5, 5n < 5.5, 2n ** 64n > 2 ** 64].join()"),
        "0,18446744073709551615,-9223372036854775808,5,true,true,false"
    );
}
