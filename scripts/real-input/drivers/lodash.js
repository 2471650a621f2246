// lodash: a tour through arrays, collections, functions, objects, strings and templates.
'use strict';

const _ = require('lodash');
const { hash, random, reduced } = require('./_util.js');

const show = (name, value) => console.log(name, JSON.stringify(value));
const next = random(1);
const people = Array.from({ length: reduced ? 30 : 3000 }, (_unused, i) => ({
  id: i, age: next(80), name: `p${next(500)}`, tags: _.times(next(4), (k) => `t${(k * 7) % 5}`), address: { city: `c${next(20)}`, zip: next(99999) },
}));

show('chunk', _.chunk(_.range(10), 3));
show('difference', _.differenceBy([2.1, 1.2, 3.9], [2.3, 3.4], Math.floor));
show('zip', _.zipWith([1, 2], [10, 20], [100, 200], (a, b, c) => a + b + c));
show('flatten', _.flattenDeep([1, [2, [3, [4, [5]]]]]));
show('union', _.unionBy([{ x: 1 }], [{ x: 2 }, { x: 1 }], 'x'));
show('xor', _.xor([2, 1], [2, 3], [4, 1]));
show('pull', _.pullAt(['a', 'b', 'c', 'd'], [1, 3]));
show('sortedIndex', _.sortedIndexBy([{ x: 4 }, { x: 5 }], { x: 4 }, 'x'));
show('countBy', _.countBy(people, (p) => p.age % 5));
show('groupBy', _.mapValues(_.groupBy(people, 'address.city'), 'length'));
show('keyBy', _.keys(_.keyBy(people, 'name')).length);
show('orderBy', _.take(_.orderBy(people, ['age', 'name', 'id'], ['desc', 'asc', 'desc']), 4));
show('partition', _.partition(people, (p) => p.tags.length > 1).map(_.size));
show('invokeMap', _.invokeMap([[5, 1, 7], [3, 2, 1]], 'sort'));
show('reduce', _.reduce({ a: 1, b: 2, c: 1 }, (r, v, k) => ((r[v] ||= []).push(k), r), {}));
show('chain', _(people).filter('tags.length').flatMap('tags').uniq().sort().value());
show('lazy', _(people).map((p) => p.age * 2).filter((n) => n % 3 === 0).take(9).value());
const deep = _.cloneDeep(people);
show('isEqual', [_.isEqual(deep, people), _.isEqual(new Map([[{ a: 1 }, new Set([1])]]), new Map([[{ a: 1 }, new Set([1])]]))]);
deep[7].address.city = 'elsewhere';
show('isEqual', _.isEqual(deep, people));
show('merge', _.merge({ a: [{ b: 2 }, { d: 4 }] }, { a: [{ c: 3 }, { e: 5 }] }, { x: { y: null } }));
show('defaults', _.defaultsDeep({ a: { b: 1 } }, { a: { b: 2, c: 3 } }));
show('get/set', [_.get({ a: [{ b: { c: 3 } }] }, 'a[0].b.c'), _.set({}, ['x', '0', 'y.z'], 4), _.setWith({}, '[0][1]', 'a', Object)]);
show('pick/omit', [_.pick(people[1], ['id', 'address.zip']), _.omit({ a: 1, b: { c: 2, d: 3 } }, ['a', 'b.c'])]);
show('invert', _.invertBy({ a: 1, b: 2, c: 1 }));
show('transform', _.transform([2, 3, 4], (r, n) => { r.push((n *= n)); return n % 2 === 0; }));
show('toPairs', _.toPairsIn(Object.create({ a: 1 }, { b: { value: 2, enumerable: true } })));
show('curry', _.curry((a, b, c) => [a, b, c])(_, 2)(1)(3));
show('partial', _.partialRight((...x) => x.join(''), 'c', _)('a', 'b'));
show('memoize', (() => { let n = 0; const f = _.memoize((x) => ((n += 1), x * 2)); return [f(1), f(1), f(2), n]; })());
show('flow', _.flow([Math.sqrt, _.partial(_.add, 3)])(49));
show('over', _.overEvery([Boolean, isFinite])(1));
show('once', (() => { let n = 0; const f = _.once(() => (n += 1)); f(); f(); return n; })());
show('rearg', _.rearg((a, b, c) => [a, b, c], [2, 0, 1])('b', 'c', 'a'));
show('case', ['--foo-bar--', 'fooBar', '__FOO_BAR__', 'déjà vu ÉCOLE 12ab'].map((s) => [_.camelCase(s), _.kebabCase(s), _.snakeCase(s), _.startCase(s), _.upperFirst(s)]));
show('deburr', _.deburr('déjà vu ßtraße Ærø'));
show('escape', [_.escape('fred, <b> & "pebbles"'), _.unescape('&lt;&amp;&#39;'), _.escapeRegExp('[lodash](x.*)')]);
show('pad', [_.pad('abc', 8, '_-'), _.padStart('7', 3, '0'), _.repeat('ab', 3), _.truncate('hi-diddly-ho there, neighborino', { length: 24, separator: /,? +/ })]);
show('words', [_.words('fred, barney, & pebbles'), _.words('aB1 Ünïcode XMLHttp 😀x'), _.toArray('a👩‍❤️‍💋‍👨b'), _.size('a😀')]);
show('template', _.template('<% _.forEach(users, (u) => { %><li><%- u %> <%= u.length %>${u}</li><% }); %>')({ users: ['<fred>', 'barney'] }));
show('math', [_.sumBy(people, 'age'), _.meanBy(people, 'age').toFixed(6), _.maxBy(people, 'address.zip').id, _.round(4.006, 2), _.ceil(6.004, 2), _.clamp(-10, -5, 5), _.inRange(3, 2, 4)]);
show('lang', [_.isPlainObject(Object.create(null)), _.isArguments((function () { return arguments; })()), _.isElement({}), _.toSafeInteger('3.2'), _.isNative(Array.prototype.push), _.isTypedArray(new Uint8Array(1)), _.toPath('a[0].b["c.d"]'), _.isMatch({ a: { b: 1, c: 2 } }, { a: { c: 2 } })]);
show('sortBy', hash(JSON.stringify(_.sortBy(people, [(p) => p.address.city, 'zip', (p) => -p.id]))));
show('shuffle', _.sortBy(_.shuffle(_.range(50))).join('').length);
show('sample', people.includes(_.sample(people)));
show('functions', hash(_.functions(_).sort().join()));
const debounced = _.debounce(() => {}, 5);
debounced.cancel();
show('mixin', (() => { const own = _.runInContext(); own.mixin({ vowels: (s) => _.filter(s, (c) => /[aeiou]/i.test(c)) }); return own('fred').vowels().value(); })());
