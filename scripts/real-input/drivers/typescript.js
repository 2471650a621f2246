// typescript: transpiles a generated program to several targets, walks its tree, reports syntax errors.
'use strict';

// The compiler alone, without the parts that look for files.
process.browser = true;
const ts = require('typescript');
const generate = require('./_typescript_source.js');
const { hash, reduced } = require('./_util.js');

const source = generate(reduced ? 60 : 2000);
console.log(source.split('\n').length, hash(source));

const settings = [
  { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  { target: ts.ScriptTarget.ES2015, module: ts.ModuleKind.CommonJS, experimentalDecorators: true, sourceMap: true },
  { target: ts.ScriptTarget.ES2017, module: ts.ModuleKind.CommonJS, downlevelIteration: true, experimentalDecorators: true },
];
for (const compilerOptions of reduced ? settings.slice(0, 1) : settings) {
  const result = ts.transpileModule(source, { compilerOptions, fileName: 'input.ts', reportDiagnostics: true });
  console.log(result.outputText.length, hash(result.outputText), hash(result.sourceMapText || ''), result.diagnostics.length);
  console.log(result.outputText.slice(0, 300));
  for (const { start, code, messageText } of result.diagnostics.slice(0, 8)) console.log(start, code, ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const file = ts.createSourceFile('input.ts', source, ts.ScriptTarget.Latest, true);
const kinds = new Map();
(function visit(node) {
  const name = ts.SyntaxKind[node.kind];
  kinds.set(name, (kinds.get(name) || 0) + 1);
  ts.forEachChild(node, visit);
})(file);
console.log([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, n]) => `${k} ${n}`).join(', '));
const printed = ts.createPrinter({ removeComments: true }).printFile(file);
console.log(printed.length, hash(printed));

for (const bad of ['let x: = 1;', 'class A { constructor(', 'enum E { 1 }', 'const a: number', 'function f(a?, b) {', 'type T = {[', 'import x from;']) {
  const { parseDiagnostics } = ts.createSourceFile('bad.ts', bad, ts.ScriptTarget.Latest);
  console.log(parseDiagnostics.map((d) => `${d.start}: ${ts.flattenDiagnosticMessageText(d.messageText, ' ')}`).join('; '));
}
