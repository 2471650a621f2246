//! Numbers in every mode of the optimizing tier: all must agree.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

#[test]
fn doubles_become_the_one_value_that_stands_for_them() {
    let source = "const doubles = [0, -0, 1, -1, 0.5, -0.5, 1.5, NaN, Infinity, -Infinity, 2147483647, 2147483648, -2147483648,
                -2147483649, 4194303.5, 4194304.5, 1048576.25, 2 ** 31 - 0.5, 2 ** -1074, 1e300, 2 ** 40, 2 ** 52 + 1, 0.1];
        function half(to, from) { for (let i = 0; i < from.length; i++) to[i] = (from[i] + from[i]) * 0.25; return to }
        function none(to, from) { for (let i = 0; i < from.length; i++) to[i] = from[i] - from[i] * 1.5; return to }
        function kinds(list) {
            const seen = new Map(list.map(x => [x, 'as it is']));
            return list.map(x => `${Object.is(x, -0) ? '-0' : x} ${seen.get(+String(x))} ${list.indexOf(x)}`).join();
        }
        let r = [];
        for (let i = 0; i < 60; i++) r = [kinds(half([], doubles)), kinds(none([], doubles))];
        r.join(' ')";
    let expected = "0 as it is 0,-0 as it is 0,0.5 as it is 2,-0.5 as it is 3,0.25 as it is 4,-0.25 as it is 5,0.75 as it is 6,\
        NaN as it is -1,Infinity as it is 8,-Infinity as it is 9,1073741823.5 as it is 10";
    assert!(run(source).starts_with(expected));
}

#[test]
fn bytes_that_are_a_nan_become_the_one_nan() {
    let source = "const doubles = new Float64Array(4), words = new Uint32Array(doubles.buffer), view = new DataView(doubles.buffer);
        words.set([1, 0x7FF80000, 1, 0xFFFC0000, 5, 0xFFFE0000, 0xFFFFFFFF, 0xFFFFFFFF]);
        function copy(to, from) { for (let i = 0; i < 4; i++) to[i] = from[i]; return to }
        function negated(to, from) { for (let i = 0; i < 4; i++) to[i] = -from[i]; return to }
        function read(to) { for (let i = 0; i < 4; i++) to[i] = view.getFloat64(8 * i, true) * 0.5; return to }
        const plain = [0.5, 1.5, 2.5, 3.5], r = [];
        for (let i = 0; i < 60; i++) { copy([], doubles); negated([], doubles); read([]) }
        for (let i = 0; i < 60; i++) { copy([], plain); copy([], doubles); negated([], plain) }
        for (const list of [copy([], doubles), negated([], doubles), read([])])
            r.push(...list.map(x => typeof x + x + (new Map([[NaN, 1]]).get(x)) + [x].includes(NaN)));
        r.join()";
    let one = "numberNaN1true";
    assert_eq!(run(source), [one; 12].join(","));
}

#[test]
fn products_that_are_minus_zero() {
    let source = "function product(a, b) { return a * b }
        function rest(a, b) { return a % b }
        let r = [];
        for (let i = 1; i < 200; i++) { product(i, i + 1); rest(i + 7, i) }
        for (const [a, b] of [[0, 5], [5, 0], [0, 0], [0, -5], [-5, 0], [-5, 5], [65536, 65536]])
            r.push(1 / product(a, b), product(a, b));
        r.push(1 / rest(-4, 2), rest(-5, 2), 1 / rest(4, -2));
        r.join()";
    assert_eq!(
        run(source),
        "Infinity,0,Infinity,0,Infinity,0,-Infinity,0,-Infinity,0,-0.04,-25,2.3283064365386963e-10,4294967296,-Infinity,-1,Infinity"
    );
}

#[test]
fn holes_fail_what_looks_at_elements_first() {
    let source = "function ints(a, i) { return a[i] + 1 }
        function doubles(a, i) { return a[i] * 0.5 }
        function bits(a, i) { return a[i] | 3 }
        function both(a, i) { return a[i] + a[i + 1] }
        function field(a, i) { return a[i].x }
        function called(a, i) { return a[i]() }
        function kept(a, i) { const v = a[i]; return [v + 1, v] }
        const nothing = () => 7, uses = [ints, doubles, bits, both, field, called, kept];
        const lists = [[1, 2, 3], [1.5, 2.5, 3.5], [1, 2.5, 3], [1, 2, 3], [{ x: 1 }, { x: 2 }, { x: 3 }], [nothing, nothing, nothing], [1, 2, 3]];
        const attempt = (f, a, i) => { try { return String(f(a, i)) } catch (e) { return e.name } };
        let r = [];
        for (let round = 0; round < 80; round++) uses.forEach((use, k) => use(lists[k], round % 2));
        for (let round = 0; round < 20; round++) {
            r = [];
            uses.forEach((use, k) => { const holes = lists[k].slice(); delete holes[1]; r.push(attempt(use, holes, 1), attempt(use, holes, 0)) });
        }
        Array.prototype[1] = 4;
        uses.forEach((use, k) => { const holes = lists[k].slice(); delete holes[1]; r.push(attempt(use, holes, 1)) });
        r.join(' ')";
    assert_eq!(
        run(source),
        "NaN 2 NaN 0.75 3 3 NaN NaN TypeError 1 TypeError 7 NaN, 2,1 5 2 7 7 undefined TypeError 5,4"
    );
}
