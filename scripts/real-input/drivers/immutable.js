// immutable: persistent collections checked against native ones, sequences, records, equality and hashing.
'use strict';

const I = require('immutable');
const { hash, random, reduced } = require('./_util.js');

const N = reduced ? 200 : 20000;
const next = random(9);

let list = I.List(), map = I.Map(), set = I.OrderedSet(), stack = I.Stack(), sorted = I.OrderedMap();
const array = [], native = new Map();
for (let i = 0; i < N; i++) {
  const k = next(N), v = next(1000);
  switch (next(6)) {
    case 0: list = list.push(v); array.push(v); break;
    case 1: list = list.set(k % (list.size || 1), v); array[k % (array.length || 1)] = v; break;
    case 2: if (list.size > 4) { list = list.pop(); array.pop(); } break;
    case 3: map = map.set(`k${k}`, v); native.set(`k${k}`, v); break;
    case 4: map = map.delete(`k${k}`); native.delete(`k${k}`); break;
    default: set = set.add(v); stack = stack.unshift(v); sorted = sorted.update(k % 50, 0, (x) => x + v);
  }
}
console.log(list.size, array.length, list.toArray().every((v, i) => v === array[i]), hash(list.join()));
console.log(map.size, native.size, map.every((v, k) => native.get(k) === v), hash([...map.keys()].sort().join()));
console.log(set.size, hash(set.join()), stack.size, stack.first(), hash(sorted.toArray().join()));

const mutated = map.withMutations((m) => { for (let i = 0; i < 100; i++) m.set(i, i); });
console.log(mutated.size, map.has(5), mutated === map, map.merge(map) === map);
console.log(list.slice(3, 12).toJS(), list.splice(2, 3, 'x').take(5).toJS(), list.concat([1, 2], I.List([3])).size - list.size);
console.log(list.shift().unshift(1).unshift(2).insert(1, 9).delete(0).take(4).toJS(), list.setSize(4).toJS(), list.setSize(2).setSize(3).toJS());

const data = I.fromJS({ a: { b: [1, { c: 2 }], d: null }, e: new Map([[1, 2]]), f: I.Set([1]) });
console.log(data.getIn(['a', 'b', 1, 'c']), JSON.stringify(data.setIn(['a', 'b', 5], 'x')), String(data.updateIn(['a', 'b', 0], (x) => x + 1)));
console.log(JSON.stringify(data.mergeDeep({ a: { b: [7], d: { z: 1 } } })), JSON.stringify(data.deleteIn(['a', 'b', 1, 'c'])), data.hasIn(['a', 'q']));
console.log(I.is(I.fromJS({ a: [1, 2] }), I.fromJS({ a: [1, 2] })), I.is(I.Set([1, 2]), I.Set([2, 1])), I.is(NaN, NaN), I.is(0, -0));
console.log(I.hash('immutable'), I.hash(12345.678), I.hash(true), I.hash(null), I.List([1, 'a', null]).hashCode(), I.Map({ a: 1, b: 2 }).hashCode());

class Point extends I.Record({ x: 0, y: 0, label: 'p' }, 'Point') {
  get norm() { return this.x * this.x + this.y * this.y; }
}
const p = new Point({ x: 3, y: 4, extra: 1 });
console.log(String(p), p.norm, p.set('x', 6).norm, p.equals(new Point({ x: 3, y: 4 })), p.remove('y').y, p.has('extra'), JSON.stringify(p.toJS()));

const lazy = I.Range(1, Infinity).filter((x) => x % 3 === 0).map((x) => x * x).skip(2);
console.log(lazy.take(5).toJS(), I.Seq('hello').map((c) => c.toUpperCase()).reverse().join(''), I.Repeat('ab', 3).join('-'));
console.log(I.List([3, 1, 2, 1]).groupBy((x) => x % 2).map((g) => g.toArray()).toJS(), I.List(['b', 'a', 'c']).sortBy((x) => x).toJS(), I.List([1, 2, 3, 4]).interpose(0).toJS());
console.log(I.List([1, 2]).zipWith((a, b) => a + b, [10, 20]).toJS(), I.Map({ a: 1, b: 2 }).flip().toJS(), I.Map([['x', 1]]).mapEntries(([k, v]) => [k + k, v + 1]).toJS());
console.log(I.Set([1, 2, 3]).intersect([2, 3, 4]).toJS(), I.Set.union([[1], [2], [1]]).toJS(), I.OrderedSet([3, 1]).subtract([3]).toJS(), I.Set([1]).isSubset([1, 2]));
console.log(I.List.of(5, 2, 8).max(), I.List([{ n: 1 }, { n: 3 }]).maxBy((x) => x.n).n, I.Map({ a: 3, b: 1 }).minBy((v) => v), I.Seq([1, 2, 2]).countBy((x) => x).toJS());
console.log(I.isImmutable(list), I.isCollection([]), I.isOrdered(set), I.Map.isMap(sorted), I.getIn({ a: [1] }, ['a', 0], 0), I.setIn({ a: [1] }, ['a', 0], 2));
for (const f of [() => I.Map([1]), () => I.List().setIn(['a', 'b'], 1), () => I.fromJS({ a: 1 }).setIn(['a', 'b'], 1), () => new Point().merge(1).get('zz')]) {
  try {
    console.log(String(f()));
  } catch (error) {
    console.log(error.constructor.name, error.message);
  }
}
let sum = 0;
for (const [k, v] of map.sortBy((v, key) => key).take(500)) sum = (sum * 7 + v + k.length) % 1000003;
console.log(sum, map.reduce((a, v) => a + v, 0), map.filter((v) => v > 500).size, map.toList().sort().first());
