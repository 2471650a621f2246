// Levels, line breaks and grouping of data as programs print it.
const people = [
  { name: 'Ada', born: 1815, tags: ['math', 'poetry'], address: { city: 'London', geo: { lat: 51.5, lon: -0.1 } } },
  { name: 'Grace', born: 1906, tags: [], address: null },
];
console.log(people);
console.log({ people, total: people.length });
console.log(JSON.parse(JSON.stringify(people)));
console.log(people.map(p => p.name), people.map(p => [p.name, p.born]));
console.log(Object.entries({ a: 1, b: 2, c: { d: 3 } }));
console.log(Object.fromEntries(Array.from({ length: 26 }, (_, i) => [String.fromCharCode(97 + i), i])));
console.log(Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => i * j)));
console.log(Array.from({ length: 12 }, (_, i) => Array.from({ length: 12 }, (_, j) => (i + 1) * (j + 1))));
console.log(new Map(people.map(p => [p.name, p])));
console.log(new Set(people.flatMap(p => p.tags)));
console.log(Array.from({ length: 10 }, (_, i) => 2 ** (i * 5)), Array.from({ length: 10 }, (_, i) => 1 / (i + 1)));
console.log(Array.from({ length: 10 }, (_, i) => -i * 1.1), [true, false, true, false, true, false, true]);
console.log(Array.from({ length: 8 }, (_, i) => BigInt(i) ** 10n), [1, 2n, 3, 4n, 5, 6n, 7]);
console.log('a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z'.split(','));
console.log('The quick brown fox jumps over the lazy dog and runs away from the very angry bear'.split(' '));
console.log({ matrix: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], f: x => x, g() {}, s: Symbol('s'), d: new Date(86400000) });
console.log([[[[[[1]]]]]], { a: [{ b: [{ c: [{ d: 1 }] }] }] });
console.log([undefined, null, NaN, -0, Infinity, '', [], {}], [[], [], [], [], [], [], []]);
console.log({ longPropertyNameNumberOne: 1, longPropertyNameNumberTwo: 2, longPropertyNameNumberThree: 3 });
console.log({ a: { b: 1, c: { d: 1 } }, e: [{ f: 1 }, { g: [1, 2, { h: 1 }] }] });
console.log(Array(3), [1, , 3], Array(101).fill(0).length, Array.from('héllo wörld'), ['é', '日本', '👍', 'a', 'b', 'c', 'd']);
console.log(/(?<year>\d{4})-(\d\d)/.exec('on 2020-12-31'), 'aXbX'.match(/X/g), [...'a1b2'.matchAll(/\d/g)].length);
