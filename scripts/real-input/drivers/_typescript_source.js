// Writes a TypeScript program of about 2,000 lines, the same on every run, that uses most of the syntax.
'use strict';

const { random } = require('./_util.js');

module.exports = function generate(lines) {
  const next = random(2025);
  const out = ['import { a as imported, type T0 } from "./other";', 'import type { Only } from "types";', 'export * from "./more";', ''];
  const types = ['number', 'string', 'boolean', 'unknown', 'Only', 'T0[]', 'Map<string, number>', 'readonly [x: number, y?: string]', '(a: number) => void'];
  const type = () => types[next(types.length)];
  const expression = (depth) => {
    if (depth === 0) return ['x', 'this.#n', '1_000n', "'s'", '`t${x}`', 'null!', '[1, ...ys]', '/re/gi'][next(8)];
    const e = () => expression(depth - 1);
    switch (next(9)) {
      case 0: return `(${e()} as ${type()})`;
      case 1: return `${e()} ?? (${e()})`;
      case 2: return `f?.(${e()}, ...args)?.[${e()}]`;
      case 3: return `((p: ${type()} = ${e()}): ${type()} => ${e()})`;
      case 4: return `(${e()} satisfies ${type()})`;
      case 5: return `{ a: ${e()}, get b() { return ${e()} }, ['c' + ${e()}]: 1, ...rest }.a`.replace(/^/, '(').replace(/\.a$/, ').a');
      case 6: return `(cond ? ${e()} : ${e()})`;
      case 7: return `new Box<${type()}>(${e()})`;
      default: return `(${e()} ${['+', '*', '===', '&&', '**', 'instanceof', '>>>'][next(7)]} ${e()})`.replace('-x **', '(-x) **');
    }
  };
  for (let i = 0; out.length < lines; i++) {
    switch (next(9)) {
      case 0:
        out.push(`export interface I${i}<T extends object = {}> extends Base<T> {`, `  readonly a${i}?: ${type()};`, '  [key: string]: any;', `  method<K extends keyof T>(this: T, k: K): T[K] | ${type()};`, '}', '');
        break;
      case 1:
        out.push(`export enum E${i} { A, B = ${next(50)}, C = B << 1, D = "d".length, F = \`f\` as any }`, `const enum CE${i} { X = ${i}, Y }`, `use(CE${i}.Y, E${i}[E${i}.A]);`, '');
        break;
      case 2:
        out.push(
          `@decorate({ n: ${i} })`, `export abstract class C${i}<in out T> extends Parent<T> implements I, J<T> {`,
          `  static #count: number = ${next(9)};`, `  #n = ${next(99)};`, `  declare ambient: ${type()};`, `  protected override readonly p?: ${type()};`,
          `  constructor(private readonly x: number, public y: ${type()} = ${expression(1)}) { super(x); C${i}.#count++; }`,
          `  @log get value(): number { return this.#n ${'+-*'[next(3)]} ${next(9)}; }`, '  abstract hidden(): void;',
          `  async *stream(@param ys: T[], ...args: unknown[]): AsyncGenerator<T> {`, `    for await (const x of ys) { if (${expression(1)}) yield x; else await ${expression(1)}; }`, '  }',
          `  static { this.#count += ${i}; }`, '}', '');
        break;
      case 3:
        out.push(`type M${i}<T> = { -readonly [K in keyof T as \`get\${Capitalize<K & string>}\`]+?: T[K] extends infer U ? U : never };`, `export type { M${i} as Renamed${i} };`, '');
        break;
      case 4:
        out.push(`namespace N${i}.Inner {`, `  export const v = ${expression(2)};`, `  export function g(a?: ${type()}): a is string { return !!a; }`, '}', '');
        break;
      case 5:
        out.push(`function over${i}(a: string): string;`, `function over${i}(a: number, b?: ${type()}): number;`, `function over${i}(a: any, ...rest: any[]): any {`,
          `  switch (a) { case ${next(9)}: return ${expression(2)}; default: { let [p, , ...q] = rest, { r = ${expression(1)}, s: { t } } = a; return p ||= q; } }`, '}', '');
        break;
      case 6:
        out.push(`let v${i}: ${type()} | undefined = ${expression(3)};`, `const w${i} = <const T,>(t: T) => t, u${i} = <any>v${i};`, '');
        break;
      case 7:
        out.push(`label${i}: for (const [k, v] of Object.entries(${expression(1)})) {`, `  try { if (k in v!) continue label${i}; } catch { break; } finally { using r = open(); void r; }`, '}', '');
        break;
      default:
        out.push(`/** doc ${i} */`, `export const f${i} = async ({ a, b: [c = ${next(9)}] }: { a: number; b: number[] }): Promise<void> => {`, `  await Promise.all([a, c].map(async (n) => ${expression(2)}));`, `  // trailing ${i}`, '};', '');
    }
  }
  return out.join('\n');
};
