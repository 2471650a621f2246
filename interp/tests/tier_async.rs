//! Async functions that suspend in compiled code, in every mode of the optimizing tier.

#[path = "support/modes.rs"]
mod modes;

use modes::run_jobs;

#[test]
fn awaits_of_all_kinds_of_values() {
    let source = "var log = [];
        class Mine extends Promise {}
        const settle = [
            (i) => i, (i) => 'text' + i, (i) => Promise.resolve(i * 2), (i) => Mine.resolve(i * 3),
            (i) => ({ then(f) { f(i * 5) } }), (i) => new Promise((f) => Promise.resolve().then(() => f(i * 7))),
            (i) => Promise.reject('no' + i), (i) => ({ then(f, r) { r('not' + i) } }), (i) => ({ i }),
            (i) => ({ get then() { throw 'got' + i } }), (i) => undefined,
        ];
        async function one(k, i) {
            let before = { k, i }, s = 'a' + i;
            try {
                const v = await settle[k](i);
                s += typeof v === 'object' ? v.i : v;
            } catch (e) {
                s += await e + before.k;
            } finally {
                s += await before.i;
            }
            return s + before.i;
        }
        async function main() {
            for (let i = 0; i < 60; i++) log.push(await one(i % settle.length, i));
            log.push(...await Promise.all(settle.map((_, k) => one(k, 100))));
        }
        main().catch((e) => log.push('caught' + e)); 0";
    run_jobs(source, "log.join()");
}

#[test]
fn what_waits_for_a_promise_goes_on_in_order() {
    let source = "var log = [];
        async function wait(p, name) { try { log.push(name + await p) } catch (e) { log.push(name + '!' + e) } }
        async function main() {
            for (let i = 0; i < 40; i++) {
                let f, r; const p = new Promise((a, b) => { f = a; r = b });
                if (i % 5 === 1) p.then((v) => log.push('t' + v), (v) => log.push('r' + v));
                wait(p, 'a'); wait(p, 'b');
                p.then((v) => log.push('x' + v), (v) => log.push('y' + v));
                wait(p, 'c');
                if (i % 3) f(i); else r(i);
                wait(p, 'd');
                await null; await null; await null;
            }
        }
        main(); 0";
    run_jobs(source, "log.join()");
}

#[test]
fn registers_live_across_awaits() {
    let source = "var log = [];
        class C {
            constructor(n) { this.n = n }
            async m(a, b = a + 1, ...rest) {
                let s = this.n, big = 0.5;
                for (const r of rest) { s += await r; big *= 2; for (let j = 0; j < 2; j++) { s += await j; const k = j; rest[0] = () => k } }
                const inner = async () => { await null; return this.n + a };
                return [s, big, b, await inner(), arguments.length, rest[0](), new.target].join();
            }
            static async s() { await 0; return super.toString === Function.prototype.toString }
        }
        async function deep(n) { if (n === 0) return 0; const x = n; return (await deep(n - 1)) + x }
        async function nothing() { await 1 }
        async function early(n) { if (n & 1) return n; await n; if (n & 2) throw n; for (;;) { if (n-- < 0) return 'end'; await n } }
        async function main() {
            for (let i = 0; i < 50; i++) {
                log.push(await new C(i).m(i, undefined, 1, 2, i), await C.s(), await deep(i % 7), await nothing());
                log.push(await early(i).catch((e) => 'c' + e));
            }
        }
        main().catch((e) => log.push('caught' + e.stack)); 0";
    run_jobs(source, "log.join()");
}

#[test]
fn what_is_rejected_while_it_waits() {
    let source = "var log = [];
        async function guarded(p, i) {
            let t = i;
            for (let k = 0; k < 3; k++) {
                try { t += await p(k, i) } catch (e) { t += e.length; continue } finally { t += 1000 }
            }
            return t;
        }
        const odd = (k, i) => (k + i) % 3 ? Promise.resolve(k) : Promise.reject('x'.repeat(k + 1));
        const later = async (k, i) => { await null; if ((k ^ i) & 1) throw 'late'; return k };
        async function main() {
            for (let i = 0; i < 60; i++) log.push(await guarded(i & 1 ? odd : later, i));
            try { await Promise.all([later(1, 0), later(2, 0)]) } catch (e) { log.push(e) }
        }
        main().catch((e) => log.push('caught' + e)); 0";
    run_jobs(source, "log.join()");
}
