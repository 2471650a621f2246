[a, , b.c = 1, ...[d]] = e;
({ f, g = 2, h: i.j, [k]: l = 3, ...m.n } = o);
(p) = function () {}; [(q)] = r; for ([s, { t }] of u); for ({ v: v.w } in x);
