export function shapes(i) {
  switch (i % 5) {
    case 0: return { a: i };
    case 1: return { b: 1, a: i };
    case 2: return { c: 1, a: i };
    case 3: return { d: 1, a: i };
    default: return { e: 1, a: i };
  }
}

export function sum(list) {
  let total = 0;
  for (const o of list) total += o.a;
  return total;
}
