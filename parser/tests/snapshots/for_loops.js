for (let i = 0; i < 3; i++) f(() => i);
for (let j = 0; j < 3; j++) f(j);
for (const k in o) g(() => k);
for (const [l, { m }] of p) { let n = l; g(() => n + m); }
for (var q of r) ;
async function s() { for await (const t of u) v(() => t); }
