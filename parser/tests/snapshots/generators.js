function* f(a) { const b = yield a; yield* g(() => b); yield; }
async function* h() { await (yield 1); for await (x of y) ; } async (z) => await z; async z => { }
