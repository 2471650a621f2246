//! Taking the first value of arrays: elements then begin inside their cell, which nothing that reads or grows them may notice.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

/// Queues do what lists do whose first value is taken by making another list.
#[test]
fn queues_are_lists() {
    let source = r##"
        let seed = 12345; const rnd = n => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n; };
        function check(q, m, tag) {
          if (q.length !== m.length) throw new Error(tag + ' length ' + q.length + ' ' + m.length);
          for (let i = 0; i < m.length; i++) {
            const has = i in m;
            if ((i in q) !== has || (has && (q[i].v !== m[i]))) throw new Error(tag + ' at ' + i + ' of ' + m.length);
          }
        }
        let n = 0;
        for (let round = 0; round < 2; round++) {
          let q = [], m = [];
          const size = [10, 40, 100, 300, 900][rnd(5)];
          for (let step = 0; step < 200; step++) {
            const r = rnd(20);
            if (r < 5) { const k = rnd(size / 8 | 0) + 1; for (let i = 0; i < k; i++) { q.push({ v: n }); m.push(n++); } }
            else if (r < 12) { const k = rnd(size / 8 | 0) + 1; for (let i = 0; i < k; i++) {
                const x = q.shift(); const y = m[0]; 
                if ((x === undefined) !== (y === undefined) || (x && x.v !== y)) throw new Error('shift ' + step);
                m = m.slice(1); } }
            else if (r === 12) { const x = q.pop(), y = m.pop(); if ((x && x.v) !== y) throw new Error('pop'); }
            else if (r === 13) { q.unshift({ v: n }); m.splice(0, 0, n++); }
            else if (r === 14 && q.length) { const i = rnd(q.length); q[i] = { v: n }; m[i] = n++; }
            else if (r === 15 && q.length) { const i = rnd(q.length); delete q[i]; delete m[i]; }
            else if (r === 16 && q.length) { const i = rnd(q.length), c = rnd(4); q.splice(i, c, { v: n }); m.splice(i, c, n++); }
            else if (r === 17) { const l = rnd(q.length + 1); if (rnd(4) === 0) { q.length = l; m.length = l; } }
            else if (r === 18) { q.reverse(); m.reverse(); }
            else if (r === 19 && rnd(6) === 0) { const g = q.length + rnd(100); q[g] = { v: n }; m[g] = n++; }
            if (step % 10 === 0) check(q, m, 'round ' + round + ' step ' + step);
            if (rnd(30) === 0) { q = q.slice(); q = q.concat([]); }
          }
          const f = Object.freeze(q.slice()); check(f, m, 'frozen');
          while (q.length) q.shift();
          q.push({ v: 1 }); if (q[0].v !== 1 || q.length !== 1) throw new Error('end');
        }
        'same'
    "##;
    assert_eq!(run(source), "same");
}

/// Whatever iterates, copies or changes an array while its first values are taken.
#[test]
fn values_are_taken_meanwhile() {
    let source = r##"
        const out = [];
        // stale addresses: callbacks that shift what is iterated
        {
          const q = []; for (let i = 0; i < 500; i++) q.push({ v: i });
          let sum = 0;
          q.forEach(x => { sum += x.v; q.shift(); q.shift(); });
          for (const x of q) { sum += x.v; q.shift(); }
          const r = []; for (let i = 0; i < 500; i++) r.push({ v: i });
          r.sort((a, b) => { r.shift(); return b.v - a.v; });
          const t = []; for (let i = 0; i < 300; i++) t.push({ v: i });
          const mapped = t.map((x, i) => { t.shift(); return x.v; });
          out.push(sum, r.length, mapped.length, t.length, mapped.filter(x => x !== undefined).length);
          const u = []; for (let i = 0; i < 300; i++) u.push(i);
          out.push(Math.max(...(() => { u.shift(); u.shift(); u.shift(); return u; })()), Array.from(u, x => { u.shift(); return x; }).length, u.length);
          const rest = ((...a) => { for (let i = 0; i < 30; i++) a.shift(); return a; })(...Array.from({ length: 100 }, (_, i) => i));
          out.push(rest.length, rest[0], JSON.stringify(rest.slice(0, 3)));
          const e = []; for (let i = 0; i < 100; i++) e.push(i); for (let i = 0; i < 10; i++) e.shift();
          Object.defineProperty(e, 3, { get() { return 'g'; } }); out.push(e[3], e.length, e[4], e.length);
          const s = []; for (let i = 0; i < 100; i++) s.push(i); for (let i = 0; i < 10; i++) s.shift();
          out.push(Object.keys(s).length, JSON.stringify(s).length, [...s.entries()].length);
          Object.preventExtensions(s); s.shift(); out.push(s.length, s[0]);
        }
        out.join()
    "##;
    assert_eq!(
        run(source),
        "76111,500,300,150,150,299,149,148,70,30,[30,31,32],g,90,14,90,90,271,90,89,11"
    );
}
