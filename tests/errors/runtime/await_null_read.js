async function f(o) { const v = await o.x.y; }
f({});
