const show = e => console.log(e.stack.split('\n').slice(1, 5).join('\n'));
function fail() { show(new Error('x')); }
[1].map(fail); [1].forEach(() => fail()); [2, 1].sort(fail); new Map([[1, 2]]).forEach(fail); 'a'.replace(/a/, fail); Array.from([1], fail);
JSON.stringify({ toJSON() { fail(); } }); new Promise(() => fail()); Reflect.apply(fail, null, []); [1].map.call([1], fail); fail.call(); fail.apply();
fail.bind(5)(); [...(function* gen() { fail(); })()]; [...{ *[Symbol.iterator]() { fail(); } }];
for (const f of [() => JSON.parse('{'), () => 'x'.repeat(-1), () => (1).toFixed(200), () => new Array(-1), () => new Set(5), () => decodeURI('%'), () => Object.entries(null), () => null.x, () => new RegExp('('), () => new Proxy(1, 1), () => Reflect.ownKeys(1)]) try { f(); } catch (e) { console.log(e.stack.split('\n').slice(1, 3).join('\n')); }
