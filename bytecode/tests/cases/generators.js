function* gen(a) { const x = yield a; yield; try { yield 1; } finally { f(); } return x; }
function* delegate(a) { const x = yield* a; return yield* x; }
function* destructure() { const [a = yield 1] = yield 2; for (const x of a) yield x; }
async function plain(a) { try { return await a; } catch (e) { await e; } }
async function loop(a) { for await (const x of a) { if (x) break; await x; } }
async function* asyncGen(a) { const x = yield a; yield* x; return x; }
const arrow = async (x = 1) => await x, expr = async x => { await using y = x; };
var o = { *g() {}, async a() {}, async *ag() { yield 1; } };
