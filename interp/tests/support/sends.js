// Generators stepped by hand: what is sent, results that are kept, delegation, errors, values that live across a `yield`.
(() => {
  let lines = 0, hash = 0;
  const log = (...parts) => {
    const text = parts.map(String).join(' ');
    lines++;
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  };
  function* sum() {
    let total = 0;
    for (;;) total += yield total;
  }
  function* kept(n) {
    let r = 'before';
    for (let i = 0; i < n; i++) {
      try {
        r = yield [r, i];
      } catch (e) {
        log('kept', r, e, i);
        r = 'caught ' + e;
      } finally {
        log('finally', r);
      }
    }
    return r;
  }
  function* two(a, b) {
    const x = yield a;
    const held = { x };
    const y = yield b;
    if (y === undefined) return held.x;
    const z = yield held.x + y;
    return [held.x, y, z].join();
  }
  function* outer(inner) {
    const got = yield* inner;
    yield 'got ' + got;
    return yield 'last';
  }
  function* many(a, b, c, d, e, f) {
    let g = 1.5, h = true, i = null, j;
    while (a < 40) {
      j = yield a + b + c + d + e + f + g;
      a += 1; g += 0.25; h = !h; i = { j, h };
      if (i.h) b = yield i;
    }
    return h;
  }
  const withObject = { next(v) { return { value: 'own ' + v, done: v > 3 }; }, [Symbol.iterator]() { return this; } };
  const step = (g, v) => g.next(v);
  const value = (g, v) => g.next(v).value;
  const both = (g, v) => { const { value, done } = g.next(v); return done ? 'done ' + value : value; };
  const s = sum();
  s.next();
  for (let i = 0; i < 400; i++) {
    if (value(s, i) !== i * (i + 1) / 2) log('wrong', i);
  }
  log(value(s, 0.5), value(s, -0.5));
  for (let round = 0; round < 40; round++) {
    const k = kept(4);
    log(value(k), both(k, round), JSON.stringify(step(k, 'sent')));
    log(JSON.stringify(k.throw('thrown')), both(k, 'x'), both(k, 'y'), both(k, 'z'));
    const t = two(round, 'b');
    log(both(t), both(t, 7), both(t, round % 3 ? round : undefined), both(t, 'z'), both(t, 1));
    const o = outer(round % 4 === 3 ? withObject : two('i', round));
    for (let i = 0; i < 7; i++) log(both(o, i));
    const results = [];
    const m = many(30, 1, 2, 3, 4, 5);
    for (;;) {
      const r = step(m, results.length);
      results.push(r);
      if (r.done) break;
    }
    log(results.length, JSON.stringify(results[3]), results[0] === results[1], Object.keys(results[2]).join(), results.at(-1).value);
    const left = kept(5);
    log(both(left, 1), both(left, 2), JSON.stringify(left.return('r')), both(left, 3));
  }
  let self;
  function* running() {
    try {
      yield both(self, 1);
    } catch (e) {
      yield e instanceof TypeError ? 'running' : e;
    }
  }
  const wrong = [undefined, null, 3, {}, [], sum, (async function* () {})()];
  const next = sum().next;
  for (let round = 0; round < 30; round++) {
    self = running();
    log(both(self), both(self), both(self));
    try {
      const this_ = wrong[round % wrong.length];
      log(next.call(this_, 1));
    } catch (e) {
      log(e.name);
    }
    const deep = (n) => {
      function* g() { yield n > 0 ? deep(n - 1) : 0; }
      return 1 + both(g());
    };
    log(deep(30));
  }
  // Frames that do not fit: the exception is the same however the generator is resumed.
  function* dive(g) {
    for (;;) yield 1 + value(g());
  }
  let depth = 0;
  const deeper = () => { depth++; const g = dive(deeper); g.next(); return g; };
  for (let i = 0; i < 3; i++) {
    try {
      depth = 0;
      deeper();
    } catch (e) {
      log(e instanceof RangeError, depth > 100);
    }
  }
  // The same consumer with interpreted, compiled and patched generators.
  const consume = (g) => { let text = ''; for (const v of g) text += v + ','; return text; };
  function* pair(a, b) { yield a; yield b; }
  for (let i = 0; i < 60; i++) {
    const g = pair(i, 'p');
    if (i % 2) g.next();
    const patched = pair(1, 2);
    if (i % 5 === 4) patched.next = () => ({ value: 0, done: true });
    log(consume(g), consume(patched), consume(Object.create(pair.prototype, { next: { value: g.next.bind(pair(3, 4)) } })));
  }
  // Delegation: objects of other iterators stay what they are, exceptions go through all levels.
  const fixed = { value: 1, done: false };
  const same = {
    next: () => fixed, throw: () => fixed, return: (v) => ({ value: v, done: true, extra: 1 }), [Symbol.iterator]() { return this; },
  };
  function* pass(inner) {
    try {
      return yield* inner;
    } finally {
      log('passed');
    }
  }
  function* tree(d, at) {
    if (d === 0) return;
    try {
      yield* tree(d - 1, at);
      const got = yield d;
      if (got !== undefined) log('got', got);
      yield* tree(d - 1, at);
    } catch (e) {
      if (d !== at) throw e;
      yield 'caught ' + e;
    }
    return d;
  }
  for (let i = 0; i < 40; i++) {
    const p = pass(pass(same));
    log(step(p) === fixed, step(p) === fixed, p.throw(1) === fixed, p.next() === fixed, JSON.stringify(p.return(i)));
    let text = '';
    for (const v of tree(5, 0)) text += v;
    const t = tree(4, i % 5);
    for (let k = 0; k < 9; k++) text += both(t, k % 3 ? undefined : k);
    try {
      text += both({ next: (e) => t.throw(e) }, i) + both(t) + both(t) + both(t);
    } catch (e) {
      text += 'thrown ' + e;
    }
    log(text, JSON.stringify(tree(3, 0).return(i)), [...pass(tree(3, 0))], [...pass(pass([i, 'x']))]);
    const left = pass(tree(4, 0));
    for (const v of left) if (v === 2) break;
    log(both(left), JSON.stringify([...pass(new Map([[i, 1]]))]));
  }
  return `${lines} ${hash}`;
})();
