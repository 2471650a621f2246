// esprima: syntax trees and tokens of ES5 files, and errors in tolerant mode.
'use strict';

const esprima = require('esprima');
const { hash } = require('./_util.js');

for (const { name, text } of require('./_sources.js')) {
  if (name.startsWith('acorn')) continue; // newer syntax than esprima knows
  const ast = esprima.parseScript(text, { range: true, comment: true });
  const json = JSON.stringify(ast);
  console.log(`${name} ${ast.body.length} ${ast.comments.length} ${json.length} ${hash(json, 7)}`);
  if (text.length < 600000) {
    const kinds = {};
    for (const token of esprima.tokenize(text)) kinds[token.type] = (kinds[token.type] || 0) + 1;
    console.log(Object.keys(kinds).sort().map((k) => `${k} ${kinds[k]}`).join(', '));
  }
}

const kinds = new Map();
esprima.parseModule('export default async (a, [b, ...c], {d: e = 1}) => { for (const x of await a) if (x) { try { new x(`${b}`) } catch ({f}) { c++ } } }', {}, (node) => {
  kinds.set(node.type, (kinds.get(node.type) || 0) + 1);
});
console.log([...kinds].map(([k, n]) => `${k}:${n}`).join(' '));

const tolerant = esprima.parseScript('"use strict"; var o = 017; with (o) {} delete x; return 1', { tolerant: true });
for (const error of tolerant.errors) console.log(error.lineNumber, error.column, error.description);
for (const bad of ['a b', 'function(){}', '{', 'var 1', '"x', 'a ? b', '() =>']) {
  try {
    esprima.parseScript(bad);
  } catch (error) {
    console.log(error.message);
  }
}
