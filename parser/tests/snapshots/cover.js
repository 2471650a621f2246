({ a, b: [c = 1, ...d], ...e }) => a + c;
({ a, b: [c.x = 1, ...d[0]], ...e.f } = g);
async (x, { y = x }) => await y;
[a, , b = (c, d)] = [1];
async(x, y);
