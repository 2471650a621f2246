//! Control flow in every mode of the optimizing tier: handlers, `finally`, generators, async functions, `switch`.

#[path = "support/modes.rs"]
mod modes;

use modes::{run, run_jobs};

#[test]
fn throw_is_a_jump_to_the_handler() {
    let source = "function f(n) {
            let s = 0;
            for (let i = 0; i < n; i++) {
                try {
                    if (i % 3 === 0) throw i;
                    s += i;
                    if (i % 5 === 0) throw 'x';
                } catch (e) { s += typeof e === 'number' ? e * 100 : 7 }
            }
            return s;
        }
        let r = []; for (let i = 0; i < 60; i++) r.push(f(i)); r.slice(-3).join()";
    assert_eq!(run(source), "52439,58139,58197");
}

#[test]
fn what_is_called_throws() {
    let source = "function g(n) { if (n & 1) throw new RangeError('odd ' + n); return n }
        function f(n) {
            let before = n * 2, s = 0;
            try { s = g(n); s += g(n + 2) } catch (e) { s = e.message.length + before + s }
            return s;
        }
        function missing(n) { try { return n.x.y } catch (e) { return e.constructor === TypeError } }
        let s = 0; for (let i = 0; i < 400; i++) s += f(i) + missing(i); s";
    assert_eq!(run(source), "161745");
}

#[test]
fn inlined_callees_throw_into_the_callers_handler() {
    let source = "class A { get x() { if (this.n > 5) throw this.n; return this.n } constructor(n) { this.n = n } }
        const inner = (v) => { if (v % 4 === 1) throw v; return v.x };
        const middle = (v, w) => inner(v) + w;
        function f(o, n) {
            let s = n;
            try { s += middle(o, n) } catch (e) { s -= e } finally { s += 1000 }
            return s;
        }
        let s = 0;
        for (let i = 0; i < 500; i++) s += f(i % 3 ? new A(i % 10) : i, i % 7) || 0;
        s";
    let text = run(source);
    assert!(text.parse::<f64>().is_ok(), "{text}");
}

#[test]
fn finally_completions() {
    let source = "function f(n) {
            let out = 0;
            loop: for (let i = 0; i < 12; i++) {
                try {
                    if (i === n % 12) throw i;
                    if (i % 4 === 3) continue loop;
                    out += i;
                } catch (v) {
                    out += v * 100;
                    if (v > 8) break loop;
                } finally {
                    out += 1;
                    if (out > 1000) return out;
                }
            }
            try { return out } finally { out = -1 }
        }
        function g(n) {
            for (;;) {
                try { try { throw n } finally { if (n & 1) throw n * 2 } } catch (v) { return v }
            }
        }
        function h(n) { try { return n } finally { if (n % 3 === 0) return -n } }
        let s = 0; for (let i = 0; i < 300; i++) s = (s * 31 + f(i) + g(i) + h(i)) | 0; s";
    run(source);
}

#[test]
fn rethrowing_through_frames() {
    let source = "let log = 0;
        function down(n, at) {
            if (n === 0) throw at;
            try { return down(n - 1, at) + 1 } finally { log = (log * 3 + n) | 0 }
        }
        function f(n) { try { return down(4, n) } catch (e) { return e } }
        let s = 0; for (let i = 0; i < 200; i++) s += f(i); [s, log].join()";
    assert_eq!(run(source).split(',').next(), Some("19900"));
}

#[test]
fn environments_of_handlers() {
    let source = "function f(n) {
            const fs = [];
            for (let i = 0; i < 5; i++) {
                try {
                    let a = i; fs.push(() => a);
                    { let b = a * 2; fs.push(() => b + a); if (i % 2) throw b }
                } catch (e) { let c = e + i; fs.push(() => c + i) }
            }
            return fs.map((g) => g()).join('');
        }
        let r; for (let i = 0; i < 100; i++) r = f(i); r";
    run(source);
}

#[test]
fn an_iterator_whose_next_throws_is_not_closed() {
    let source = "let closed = 0;
        function make(n) {
            let i = 0;
            return {
                [Symbol.iterator]() { return this },
                next() { if (i++ === 3) throw n; return { value: i, done: false } },
                return() { closed++; return {} },
            };
        }
        function f(n) { let s = 0; try { for (const x of make(n)) s += x } catch (e) { s += e * 100 } return s }
        function g(n) { let s = 0; try { for (const x of make(n)) { s += x; if (x === 2) throw 5 } } catch (e) { s += e } return s }
        function d(n) { try { const [a, b, c, d] = make(n); return a } catch (e) { return e } }
        let t = 0; for (let i = 0; i < 300; i++) t += f(i & 1) + g(i) + d(i); [t, closed].join()";
    assert_eq!(run(source), "64050,300");
}

#[test]
fn handlers_in_loops_and_loops_in_handlers() {
    let source = "function f(n) {
            let s = 0;
            outer: for (let i = 0; i < n; i++) {
                for (let j = 0; j < 4; j++) {
                    try { if (j === 2) throw i; s += j } catch (e) {
                        let k = 0;
                        while (k < 3) { k++; if (e === 7) continue outer; s += k }
                        if (e % 5 === 4) break;
                    }
                }
                try { s += n.missing.length } catch { s ^= 1 }
            }
            return s;
        }
        let s = 0; for (let i = 0; i < 80; i++) s = (s * 7 + f(i)) | 0; s";
    run(source);
}

#[test]
fn stack_overflow_is_caught() {
    let source = "let depth = 0;
        function dive() { depth++; return dive() + 1 }
        function f() { try { dive() } catch (e) { return e instanceof RangeError } return false }
        let ok = true; for (let i = 0; i < 4; i++) ok = ok && f(); ok && depth > 1000";
    assert_eq!(run(source), "true");
}

#[test]
fn resources_are_disposed_of() {
    let source = "let log = [];
        class R { constructor(n) { this.n = n } [Symbol.dispose]() { log.push(this.n); if (this.n % 4 === 3) throw this.n } }
        function f(n) {
            try {
                using a = new R(n), b = new R(n + 1);
                if (n % 3 === 0) throw 'body';
                return n;
            } catch (e) { return e instanceof SuppressedError ? 1000 : typeof e === 'string' ? 2000 : e }
        }
        let s = 0; for (let i = 0; i < 200; i++) { log = []; s = (s * 3 + f(i) + log.length) | 0 } s";
    run(source);
}

#[test]
fn generators_go_on_where_they_were() {
    let source = "function* range(a, b, s = 1) { for (let i = a; i < b; i += s) yield i }
        function* filter(it, p) { for (const v of it) if (p(v)) yield v }
        function* map(it, f) { for (const v of it) yield f(v) }
        function* take(it, n) { if (n <= 0) return; for (const v of it) { yield v; if (--n === 0) return } }
        function* nested(n) {
            for (let i = 0; i < n; i++) {
                let acc = 0;
                for (let j = 0; j < i; j++) { acc += j; if (j & 1) acc += yield i * j }
                yield* range(0, i % 3);
                yield acc;
            }
            return 'done';
        }
        let s = 0;
        for (let i = 0; i < 8; i++)
            for (const v of take(filter(map(range(0, 1e9), (x) => x * 3), (x) => x % 2 === 0), 40)) s = (s * 31 + v) | 0;
        const g = nested(12); let r = g.next();
        while (!r.done) { s = (s * 31 + r.value) | 0; r = g.next(s & 7) }
        [s, r.value, [...nested(5)].join(''), Math.max(...range(0, 50, 7))].join()";
    run(source);
}

#[test]
fn generators_are_thrown_at_and_closed() {
    let source = "let log = '';
        function* acc() { let sum = 0; for (;;) { try { sum += yield sum } catch (e) { if (e === 9) return 'nine'; sum = e } finally { log += 'f' } } }
        function* plain(n) { try { for (let i = 0; i < n; i++) yield i } finally { log += 'x' } }
        function* early(n) { yield 1; if (n % 7 === 6) throw n; yield 2 }
        let s = 0;
        const a = acc(); a.next();
        for (let i = 0; i < 120; i++) s = (s * 7 + (i % 10 === 9 ? a.throw(i).value : a.next(i).value)) | 0;
        const last = a.throw(9);
        for (let i = 0; i < 60; i++) {
            for (const v of plain(10)) if (v === i % 12) break;
            try { for (const v of early(i)) s += v } catch (e) { s += e * 100 }
            const p = plain(5); p.next(); s += p.return(i).value;
            const q = plain(3); try { q.throw(i) } catch (e) { s += e } s += q.next().done;
        }
        let again = ''; const self = (function* () { try { self.next() } catch (e) { again = e.constructor.name } yield })(); self.next();
        [s, last.value, last.done, log.length, again].join()";
    run(source);
}

#[test]
fn generators_delegate() {
    let source = "class Tree {
            constructor(v, l, r) { this.v = v; this.l = l; this.r = r }
            *[Symbol.iterator]() { if (this.l) yield* this.l; yield this.v; if (this.r) yield* this.r }
            static of(a, b) { if (a >= b) return null; const m = (a + b) >> 1; return new Tree(m, Tree.of(a, m), Tree.of(m + 1, b)) }
        }
        function* perms(items) {
            if (items.length <= 1) { yield items; return }
            for (let i = 0; i < items.length; i++)
                for (const rest of perms([...items.slice(0, i), ...items.slice(i + 1)])) yield [items[i], ...rest];
        }
        function* inner() { let got; try { for (let i = 0; i < 4; i++) got = yield i + (got || 0) } catch (e) { yield 'c' + e } return 'r' + got }
        function* outer() { const v = yield* inner(); yield v; yield* [7, 8] }
        let s = 0; for (const v of Tree.of(0, 200)) s = (s * 3 + v) | 0;
        let n = 0; for (const [a, , b] of perms([1, 2, 3, 4, 5])) n += a * b;
        let t = '';
        for (let i = 0; i < 30; i++) {
            const g = outer(); t = '';
            for (let k = 0; k < 8; k++) { const r = k === i % 9 ? g.throw(k) : g.next(k); t += r.value; if (r.done) break }
        }
        let odd = { [Symbol.iterator]() { let i = 0; return { next() { i++; return { get done() { return i > 3 }, get value() { s++; return i } } } } } };
        function* through() { yield* odd }
        for (let i = 0; i < 40; i++) for (const v of through()) n += v;
        [s, n, t].join()";
    run(source);
}

#[test]
fn async_functions_go_on() {
    let source = "var log = [];
        async function add(n) { let s = 0; for (let i = 0; i < 5; i++) s += await (i & 1 ? n * i : Promise.resolve(n + i)); return s }
        async function nested(d) { if (d === 0) return 1; await null; return (await nested(d - 1)) + 1 }
        async function fails(n) { await null; if (n % 4 === 3) throw new Error('e' + n); return n }
        async function* numbers(n) { try { for (let i = 0; i < n; i++) { if (i % 10 === 0) await null; yield i } } finally { log.push('end' + n) } }
        async function* mapped(it, f) { for await (const v of it) yield f(v) }
        const arrow = async (n) => { let t = 0; while (n-- > 0) { try { t += await fails(n) } catch (e) { t += e.message.length } } return t };
        async function main() {
            for (let i = 0; i < 40; i++) log.push(await add(i));
            log.push(await nested(30), await arrow(50));
            let s = 0; for await (const v of mapped(numbers(100), (v) => v * v)) { s += v; if (v > 5000) break }
            log.push(s);
            const all = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => fails(i)));
            log.push(all.map((r) => r.status[0]).join(''));
            let spin = 0; for (let i = 0; i < 3000; i++) spin = (spin * 3 + i) | 0; log.push(spin);
            await Promise.reject(1);
        }
        main().catch((e) => log.push('caught' + e)); 0";
    run_jobs(source, "log.join()");
}

#[test]
fn loops_in_generators_run_long() {
    let source = "function* g(n) {
            let s = 0;
            for (let i = 0; i < n; i++) s = (s * 5 + i) | 0;
            yield s;
            for (let i = 0; i < n; i++) { s = (s * 3 ^ i) | 0; if (i % 1000 === 999) yield s }
            return s;
        }
        let out = []; for (const v of g(5000)) out.push(v); out.push([...g(300)].length); out.join()";
    run(source);
}

#[test]
fn environments_that_only_some_ways_need() {
    let source = "function f(n, list) {
            let total = n;
            if (n % 7 === 3) return list.map((v) => v + total + n).length;
            total += list.length;
            if (n % 11 === 5) { const keep = () => total++; keep(); return keep() + total; }
            return total + n;
        }
        function sum(list) {
            let total = 0;
            list.forEach((v) => { total += v; });
            return total;
        }
        let s = 0;
        for (let i = 0; i < 500; i++) s += f(i, [1, 2, 3]) + sum([i, 2, i > 450 ? 0.5 : 1]);
        s";
    assert_eq!(run(source), "342243.5");
}

#[test]
fn environments_that_handlers_eval_and_loops_find() {
    let source = "function handled(n) {
            let a = n, b = () => a;
            for (let i = 0; i < 3; i++) {
                let c = i;
                try { if ((n + i) % 5 === 0) throw () => c + a; a += i; }
                catch (e) { a += e() + b(); }
            }
            return b();
        }
        function evaluated(n) { let x = n; { let y = n * 2; return eval('x + y'); } }
        function looped(n) {
            const made = [];
            for (let i = 0; i < 4; i++) made.push(() => i * n);
            return made[3]() - made[1]();
        }
        function named(o) { with (o) { let z = q; return (() => z + q)(); } }
        let s = 0;
        for (let i = 0; i < 400; i++) s += handled(i) + evaluated(i) + looped(i) + named({ q: i });
        s";
    let text = run(source);
    assert_eq!(text, "735680");
}

#[test]
fn inner_loops_are_entered_at_their_conditions() {
    // Numbers of each kind, what stops being one, and what none ever is; conditions that are left and come to from everywhere.
    let source = "let asked = 0;
        const limit = { valueOf() { asked++; return 7 } };
        function f(n, m, start, step) {
            let s = 0, last;
            outer: for (let i = 0; i < n; i++) {
                const row = [i, i + 0.5, 'x'.repeat(i % 3)];
                for (let j = start; j < m; j += step) {
                    last = j;
                    if (j === 5 && i % 4 === 1) continue;
                    if (i % 9 === 8 && j > 2) continue outer;
                    if (i > 40 && j == 6) break outer;
                    s += row.length + Number(j);
                }
                s += row[1] + Number(last ?? 0);
            }
            return s + ':' + last;
        }
        const out = [];
        for (const [m, start, step] of [[9, 0, 1], [4.5, 0, 0.5], [limit, 0, 1], [8n, 0n, 1n], [0, 5, 1], ['7', 0, 1]])
            for (let k = 0; k < 4; k++) out[out.length - k % 2] = f(50, m, start, step);
        function g(n) {
            const rows = [[1, 2, 3], [4.5], ['a', true], []];
            let s = '';
            for (let i = n; i >= 0; i--) {
                const row = rows[i & 3];
                for (let c = 'a'; c <= 'e'; c = String.fromCharCode(c.charCodeAt(0) + 1)) {
                    for (let j = 0; j < row.length; j++) s = (s + row[j] + c).slice(-9);
                    for (let j = 3; j > 0; j--) s += row.length * j + String(row[1] ?? '');
                }
            }
            return s.slice(-30);
        }
        out.join() + ' ' + asked + ' ' + g(30) + g(31)";
    let wanted = "3380.5:6,3380.5:6,3422.5:4,3422.5:4,2529.5:6,2529.5:6,3016.5:6,3016.5:6,\
        1250:undefined,1250:undefined,2529.5:6,2529.5:6 1276 2321e2e3e9262322321e2e3e926232";
    assert_eq!(run(source), wanted);
}

#[test]
fn a_loop_whose_only_way_back_is_out_of_an_inner_one() {
    let source = "let s = 0;
        for (let i = 0; i < 500; i++) {
            for (let j = 0; j < 1; j++) s++;
            outer: for (let k = 0; k < 2; k++) { for (;; k++) { s++; continue outer } }
        }
        s";
    assert_eq!(run(source), "1500");
    let source = "var s = 0;
        for (i = 0; i < 500; i++) try {
            for (j = 0; j < 1; j++) {}
            { outer: for (k = 0; k < 1; k++) { for (0; ({}); m++) continue outer; ({}); } let }
        } catch (e) { s++ }
        s";
    assert_eq!(run(source), "500");
}
