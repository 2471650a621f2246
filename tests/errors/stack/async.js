const show = e => console.log(e.stack.split('\n').filter(l => !/node:internal/.test(l)).join('\n'));
async function a() { await 1; throw new Error('x'); }
async function b() { await a(); }
async function* gen() { yield 1; await b(); }
const o = { async m() { return await a(); } };
class K { static async s() { await o.m(); } async i() { await K.s(); } }
const programs = {
  async all() { await Promise.all([1, b()]); },
  async any() { await Promise.any([b()]); },
  async settled() { for (const r of await Promise.allSettled([b()])) if (r.reason) throw r.reason; },
  async race() { await Promise.race([b()]); },
  async loop() { for await (const x of gen()); },
  async then() { await b().then(x => x); },
  async fin() { await b().finally(() => 1); },
  async ret() { return b(); },
  async method() { await new K().i(); },
  async arrow() { await (async () => { await b(); })(); },
  async chain() { await Promise.resolve().then(() => { throw new Error('then'); }); },
};
(async () => { for (const name of Object.keys(programs)) try { await programs[name](); } catch (e) { console.log(name); show(e.errors ? e.errors[0] : e); } })();
