// acorn: parses and tokenizes big files; reports errors of small wrong ones.
'use strict';

const acorn = require('acorn');
const { hash } = require('./_util.js');

for (const { name, text } of require('./_sources.js')) {
  const comments = [];
  const ast = acorn.parse(text, { ecmaVersion: 2022, locations: true, onComment: comments, allowReturnOutsideFunction: true });
  const json = JSON.stringify(ast, (key, value) => (typeof value === 'bigint' ? `${value}n` : value));
  let tokens = 0;
  for (const token of acorn.tokenizer(text, { ecmaVersion: 2022 })) tokens += token.type.label.length;
  console.log(`${name} ${ast.body.length} statements, ${comments.length} comments, ${tokens}, ${json.length} ${hash(json, 7)}`);
}

const MODERN = `
import a, { b as c } from 'x' with { type: 'json' };
export * as ns from 'y';
export default class A extends (c ?? Object) {
  static #p = 1n; static { this.#p **= 2n; } get #q() { return #p in this; }
  async *[Symbol.iterator]({ x = 1, ...rest }, [y, , ...z] = []) { for await (const v of z) yield* v?.w?.[x]; }
}
label: for (let i = 0, j; i < 10; i ||= 1) { if (i) continue label; else break label; }
const re = /(?<year>\\d{4})-(?<!x)\\p{L}+/u, tpl = tag\`a\${b}c\${\`n\${1}\`}\`;
new.target; import.meta.url; await import('z');
`.replace('new.target; ', '');
console.log(hash(JSON.stringify(acorn.parse(MODERN, { ecmaVersion: 'latest', sourceType: 'module' }), (k, v) => (typeof v === 'bigint' ? `${v}n` : v))));

for (const bad of ['let let = 1', 'a => { "use strict"; with (a) {} }', 'class { }', '({a = 1})', 'for (const x = 1 of y);', '`${', '/(/', 'x = {__proto__: 1, __proto__: 2}', 'yield = 1; function* f() { yield\n* 2 }', '"\\u{110000}"', 'break', '1..a.1']) {
  try {
    acorn.parse(bad, { ecmaVersion: 2022 });
    console.log('accepted', JSON.stringify(bad));
  } catch (error) {
    console.log(error.name, error.message, error.pos, error.raisedAt);
  }
}
