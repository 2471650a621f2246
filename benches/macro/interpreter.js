// An interpreter for a small language: lexer, precedence-climbing parser, scope analysis, tree walking by kind.
'use strict';

const ROUNDS = 9;
const EXPECTED = '987 357 327143 9 9868 239 1390 true (555007 steps, 7104 tokens)';

const PROGRAM = `
fn fib(n) { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); }
fn gcd(a, b) { while b != 0 { let t = a % b; a = b; b = t; } return a; }
fn collatz(limit) {
  let best = 0; let at = 0; let i = 1;
  while i < limit {
    let n = i; let steps = 0;
    while n != 1 { if n % 2 == 0 { n = n / 2; } else { n = 3 * n + 1; } steps = steps + 1; }
    if steps > best { best = steps; at = i; }
    i = i + 1;
  }
  return at * 1000 + best;
}
fn make_counter(step) { let n = 0; return fn() { n = n + step; return n; }; }
fn map(list, f) { let out = []; let i = 0; while i < len(list) { push(out, f(list[i])); i = i + 1; } return out; }
fn fold(list, f, acc) { let i = 0; while i < len(list) { acc = f(acc, list[i]); i = i + 1; } return acc; }
fn range(n) { let out = []; let i = 0; while i < n { push(out, i); i = i + 1; } return out; }
fn sieve(n) {
  let marks = range(n); let i = 2; let count = 0;
  while i < n {
    if marks[i] != 0 { count = count + 1; let j = i * i; while j < n { marks[j] = 0; j = j + i; } }
    i = i + 1;
  }
  return count;
}
fn words(n) { let s = ""; let i = 0; while i < n { s = s + "w" + i + ","; i = i + 1; } return len(s); }
print(fib(16)); print(gcd(1071 * 17, 462 * 17)); print(collatz(400));
let c = make_counter(3); c(); c(); print(c());
print(fold(map(range(600), fn(x) { return x * x; }), fn(a, b) { return (a + b) % 10007; }, 0));
print(sieve(1500)); print(words(300)); print(!(1 < 2) || 3 >= 3 && -4 < 0);
`;

const KEYWORDS = new Set(['fn', 'if', 'else', 'while', 'let', 'return', 'true', 'false']);

function* lex(text) {
  const pattern = /\s*(?:(\d+(?:\.\d+)?)|"([^"]*)"|([A-Za-z_]\w*)|(==|!=|<=|>=|&&|\|\||[-+*\/%<>=!(){}\[\],;]))/y;
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text);
    if (!match) throw new SyntaxError('bad token');
    const [, number, string, name, op] = match;
    if (number !== undefined) yield { type: 'number', value: Number(number) };
    else if (string !== undefined) yield { type: 'string', value: string };
    else if (name !== undefined) yield { type: KEYWORDS.has(name) ? name : 'name', value: name };
    else yield { type: op, value: op };
  }
  yield { type: 'end' };
}

const POWER = { '||': 1, '&&': 2, '==': 3, '!=': 3, '<': 4, '>': 4, '<=': 4, '>=': 4, '+': 5, '-': 5, '*': 6, '/': 6, '%': 6 };

class Parser {
  constructor(text) {
    this.tokens = [...lex(text)];
    this.at = 0;
    this.scope = null;
  }
  get type() {
    return this.tokens[this.at].type;
  }
  take(type) {
    const token = this.tokens[this.at];
    if (token.type !== type) throw new SyntaxError(`expected ${type}, got ${token.type}`);
    this.at++;
    return token.value;
  }
  accept(type) {
    if (this.type !== type) return false;
    this.at++;
    return true;
  }
  declare(name) {
    if (!this.scope.names.has(name)) this.scope.names.set(name, this.scope.names.size);
    return this.scope.names.get(name);
  }
  resolve(name) {
    let depth = 0;
    for (let scope = this.scope; scope; scope = scope.parent, depth++) {
      if (scope.names.has(name)) return { depth, slot: scope.names.get(name) };
    }
    return { global: name };
  }
  program() {
    const body = this.function([], 'end');
    return body;
  }
  function(params, close) {
    this.scope = { names: new Map(), parent: this.scope };
    params.forEach((p) => this.declare(p));
    const body = [];
    while (!this.accept(close)) body.push(this.statement());
    const node = { kind: 'fn', arity: params.length, size: this.scope.names.size, body: { kind: 'block', body } };
    this.scope = this.scope.parent;
    return node;
  }
  parameters() {
    const names = [];
    this.take('(');
    while (!this.accept(')')) {
      names.push(this.take('name'));
      this.accept(',');
    }
    this.take('{');
    return names;
  }
  block() {
    const body = [];
    this.take('{');
    while (!this.accept('}')) body.push(this.statement());
    return { kind: 'block', body };
  }
  statement() {
    if (this.accept('let')) {
      const name = this.take('name');
      const slot = this.declare(name);
      this.take('=');
      const value = this.expression(0);
      this.take(';');
      return { kind: 'assign', depth: 0, slot, value };
    }
    if (this.type === 'fn' && this.tokens[this.at + 1].type === 'name') {
      this.at++;
      const slot = this.declare(this.take('name'));
      return { kind: 'assign', depth: 0, slot, value: this.function(this.parameters(), '}') };
    }
    if (this.accept('if')) {
      const test = this.expression(0), then = this.block();
      return { kind: 'if', test, then, otherwise: this.accept('else') ? this.block() : null };
    }
    if (this.accept('while')) return { kind: 'while', test: this.expression(0), body: this.block() };
    if (this.accept('return')) {
      const value = this.expression(0);
      this.take(';');
      return { kind: 'return', value };
    }
    const target = this.expression(0);
    if (this.accept('=')) {
      const value = this.expression(0);
      this.take(';');
      if (target.kind === 'name') return { kind: 'assign', depth: target.depth, slot: target.slot, value };
      if (target.kind === 'index') return { kind: 'store', object: target.object, index: target.index, value };
      throw new SyntaxError('bad assignment');
    }
    this.take(';');
    return { kind: 'expression', value: target };
  }
  expression(power) {
    let left = this.unary();
    while (POWER[this.type] > power) {
      const op = this.tokens[this.at++].type;
      left = { kind: op === '&&' || op === '||' ? 'logic' : 'binary', op, left, right: this.expression(POWER[op]) };
    }
    return left;
  }
  unary() {
    if (this.accept('-')) return { kind: 'negate', value: this.unary() };
    if (this.accept('!')) return { kind: 'not', value: this.unary() };
    let value = this.primary();
    for (;;) {
      if (this.accept('(')) {
        const args = [];
        while (!this.accept(')')) {
          args.push(this.expression(0));
          this.accept(',');
        }
        value = { kind: 'call', callee: value, args };
      } else if (this.accept('[')) {
        value = { kind: 'index', object: value, index: this.expression(0) };
        this.take(']');
      } else {
        return value;
      }
    }
  }
  primary() {
    const token = this.tokens[this.at++];
    switch (token.type) {
      case 'number':
      case 'string':
        return { kind: 'constant', value: token.value };
      case 'true':
      case 'false':
        return { kind: 'constant', value: token.type === 'true' };
      case 'name': {
        const place = this.resolve(token.value);
        return place.global ? { kind: 'global', name: place.global } : { kind: 'name', ...place };
      }
      case '(': {
        const value = this.expression(0);
        this.take(')');
        return value;
      }
      case '[': {
        const items = [];
        while (!this.accept(']')) {
          items.push(this.expression(0));
          this.accept(',');
        }
        return { kind: 'list', items };
      }
      case 'fn':
        return this.function(this.parameters(), '}');
      default:
        throw new SyntaxError(`unexpected ${token.type}`);
    }
  }
}

class Return {
  constructor(value) {
    this.value = value;
  }
}

const binary = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

class Machine {
  constructor() {
    this.output = [];
    this.steps = 0;
    this.globals = {
      print: (value) => this.output.push(String(value)),
      len: (value) => value.length,
      push: (list, value) => list.push(value),
    };
  }
  run(fn) {
    const done = this.execute(fn.body, { slots: new Array(fn.size), parent: null });
    return done instanceof Return ? done.value : undefined;
  }
  execute(node, env) {
    this.steps++;
    switch (node.kind) {
      case 'block':
        for (const statement of node.body) {
          const done = this.execute(statement, env);
          if (done !== undefined) return done;
        }
        return undefined;
      case 'assign': {
        const value = this.evaluate(node.value, env);
        for (let depth = node.depth; depth > 0; depth--) env = env.parent;
        env.slots[node.slot] = value;
        return undefined;
      }
      case 'store':
        this.evaluate(node.object, env)[this.evaluate(node.index, env)] = this.evaluate(node.value, env);
        return undefined;
      case 'if':
        if (this.evaluate(node.test, env)) return this.execute(node.then, env);
        return node.otherwise ? this.execute(node.otherwise, env) : undefined;
      case 'while':
        while (this.evaluate(node.test, env)) {
          const done = this.execute(node.body, env);
          if (done !== undefined) return done;
        }
        return undefined;
      case 'return':
        return new Return(this.evaluate(node.value, env));
      default:
        this.evaluate(node.value, env);
        return undefined;
    }
  }
  evaluate(node, env) {
    this.steps++;
    switch (node.kind) {
      case 'constant':
        return node.value;
      case 'name':
        for (let depth = node.depth; depth > 0; depth--) env = env.parent;
        return env.slots[node.slot];
      case 'global':
        return this.globals[node.name];
      case 'binary':
        return binary[node.op](this.evaluate(node.left, env), this.evaluate(node.right, env));
      case 'logic': {
        const left = this.evaluate(node.left, env);
        return (node.op === '&&') === Boolean(left) ? this.evaluate(node.right, env) : left;
      }
      case 'negate':
        return -this.evaluate(node.value, env);
      case 'not':
        return !this.evaluate(node.value, env);
      case 'index':
        return this.evaluate(node.object, env)[this.evaluate(node.index, env)];
      case 'list':
        return node.items.map((item) => this.evaluate(item, env));
      case 'call': {
        const callee = this.evaluate(node.callee, env);
        return callee(...node.args.map((arg) => this.evaluate(arg, env)));
      }
      case 'fn':
        return (...args) => {
          const slots = new Array(node.size);
          for (let i = 0; i < node.arity; i++) slots[i] = args[i];
          const done = this.execute(node.body, { slots, parent: env });
          return done === undefined ? undefined : done.value;
        };
      default:
        throw new Error(`cannot evaluate ${node.kind}`);
    }
  }
}

let tokens = 0;
for (let i = 0; i < 12; i++) tokens += new Parser(PROGRAM).tokens.length;
let machine;
for (let i = 0; i < ROUNDS; i++) {
  machine = new Machine();
  machine.run(new Parser(PROGRAM).program());
}
const result = `${machine.output.join(' ')} (${machine.steps} steps, ${tokens} tokens)`;
if (result !== EXPECTED) throw new Error(`interpreter: ${result}, expected ${EXPECTED}`);
console.log(`interpreter ${result}`);
