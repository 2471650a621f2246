{ using a = b, c = d; e(() => a); } async function f() { await using g = h; for (using i of j) ; } for (using k = l; ;) ; using[0]; var using;
