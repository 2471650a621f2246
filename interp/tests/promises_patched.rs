//! Promises whose prototype and constructor a program changes: `then`, `await` and resolving look where the specification says,
//! whatever was known before.

#[path = "support/modes.rs"]
mod modes;

use modes::run_jobs;

#[test]
fn what_promises_inherit_is_changed() {
    let source = r#"
        const log = [];
        const show = (x) => log.push(x);
        async function use(tag) {
          const p = Promise.resolve(1);
          await p; await null;
          const q = p.then((v) => v + 1);
          show(tag + (q instanceof Promise) + q.constructor.name);
          const r = await (async () => p)();
          const s = await new Promise((resolve) => resolve(p));
          const t = await Promise.all([p, q, 3]);
          show([tag, r, s, t].join());
          for await (const v of (async function* () { yield 1; yield p; })()) show(tag + v);
          await p.finally(() => show(tag + 'f'));
        }
        (async () => {
          await use('a');
          const then = Promise.prototype.then;
          Promise.prototype.then = function (f, r) { show('then'); return then.call(this, f, r); };
          await use('b');
          Promise.prototype.then = then;
          await use('c');
          class C extends Promise {}
          Promise.prototype.constructor = C;
          await use('d');
          Promise.prototype.constructor = Promise;
          Object.defineProperty(Promise, Symbol.species, { get() { show('species'); return C; }, configurable: true });
          await use('e');
          delete Promise[Symbol.species];
          await use('f');
          Object.defineProperty(Promise.prototype, 'then', { get() { show('get'); return then; }, configurable: true });
          await use('g');
          Object.defineProperty(Promise.prototype, 'then', { value: then, writable: true, configurable: true });
          await use('h');
          const own = Promise.resolve(5); own.then = (f) => f(6);
          show(await (async () => own)());
          const other = Promise.resolve(7); other.constructor = C; show(await other);
          show((await C.resolve(8)) + (C.resolve(9) instanceof C));
          Object.setPrototypeOf(own, { then: (f) => f('proto') }); delete own.then; show(await own);
        })();
    "#;
    let expected = [
        "atruePromise",
        "a,1,1,1,2,3",
        "a1",
        "a1",
        "af",
        "then",
        "btruePromise",
        "then",
        "then",
        "then",
        "then",
        "then",
        "b,1,1,1,2,3",
        "b1",
        "b1",
        "then",
        "bf",
        "then",
        "then",
        "ctruePromise",
        "c,1,1,1,2,3",
        "c1",
        "c1",
        "cf",
        "dtrueC",
        "d,1,1,1,2,3",
        "d1",
        "d1",
        "df",
        "species",
        "etrueC",
        "species",
        "species",
        "species",
        "species",
        "species",
        "species",
        "e,1,1,1,2,3",
        "e1",
        "e1",
        "species",
        "species",
        "ef",
        "species",
        "species",
        "species",
        "ftruePromise",
        "f,1,1,1,2,3",
        "f1",
        "f1",
        "ff",
        "get",
        "gtruePromise",
        "get",
        "get",
        "get",
        "get",
        "get",
        "g,1,1,1,2,3",
        "g1",
        "g1",
        "get",
        "gf",
        "get",
        "get",
        "htruePromise",
        "h,1,1,1,2,3",
        "h1",
        "h1",
        "hf",
        "6",
        "7",
        "9",
        "proto",
    ];
    assert_eq!(run_jobs(source, "log.join('|')"), expected.join("|"));
}
