// A stack machine: an assembler for text programs and a bytecode loop with one big switch.
'use strict';

const ROUNDS = 12;
const EXPECTED = '4181 783 -113101324 (11437260 steps)';

const OPS = ['halt', 'push', 'load', 'store', 'add', 'sub', 'mul', 'mod', 'lt', 'eq', 'jump', 'jumpz', 'call', 'ret', 'get', 'put', 'dup', 'drop', 'out', 'arg', 'xor', 'shr'];
const CODE = Object.fromEntries(OPS.map((name, i) => [name, i]));
const WITH_OPERAND = new Set(['push', 'load', 'store', 'jump', 'jumpz', 'call', 'arg']);

function assemble(text) {
  const labels = new Map(), code = [], fixes = [];
  for (const line of text.split('\n')) {
    const [word, operand] = line.replace(/;.*/, '').trim().split(/\s+/);
    if (!word) continue;
    if (word.endsWith(':')) {
      labels.set(word.slice(0, -1), code.length);
      continue;
    }
    if (!(word in CODE)) throw new SyntaxError(word);
    code.push(CODE[word]);
    if (WITH_OPERAND.has(word)) {
      if (/^-?\d+$/.test(operand)) code.push(Number(operand));
      else {
        fixes.push([code.length, operand]);
        code.push(0);
      }
    }
  }
  for (const [at, label] of fixes) code[at] = labels.get(label);
  return Int32Array.from(code);
}

function run(code) {
  const stack = new Int32Array(4096), memory = new Int32Array(8192), globals = new Int32Array(32);
  const calls = [], out = [];
  let sp = 0, pc = 0, base = 0, steps = 0;
  for (;;) {
    steps++;
    switch (code[pc++]) {
      case 0: return { out, steps };
      case 1: stack[sp++] = code[pc++]; break;
      case 2: stack[sp++] = globals[code[pc++]]; break;
      case 3: globals[code[pc++]] = stack[--sp]; break;
      case 4: sp--; stack[sp - 1] += stack[sp]; break;
      case 5: sp--; stack[sp - 1] -= stack[sp]; break;
      case 6: sp--; stack[sp - 1] = Math.imul(stack[sp - 1], stack[sp]); break;
      case 7: sp--; stack[sp - 1] %= stack[sp]; break;
      case 8: sp--; stack[sp - 1] = stack[sp - 1] < stack[sp] ? 1 : 0; break;
      case 9: sp--; stack[sp - 1] = stack[sp - 1] === stack[sp] ? 1 : 0; break;
      case 10: pc = code[pc]; break;
      case 11: pc = stack[--sp] === 0 ? code[pc] : pc + 1; break;
      case 12: calls.push(pc + 1, base); base = sp - 1; pc = code[pc]; break;
      case 13: { const value = stack[--sp]; sp = base; stack[sp++] = value; base = calls.pop(); pc = calls.pop(); break; }
      case 14: stack[sp - 1] = memory[stack[sp - 1]]; break;
      case 15: sp -= 2; memory[stack[sp]] = stack[sp + 1]; break;
      case 16: stack[sp] = stack[sp - 1]; sp++; break;
      case 17: sp--; break;
      case 18: out.push(stack[--sp]); break;
      case 19: stack[sp++] = stack[base + code[pc++]]; break;
      case 20: sp--; stack[sp - 1] ^= stack[sp]; break;
      case 21: sp--; stack[sp - 1] >>>= stack[sp]; break;
      default: throw new Error(`bad opcode at ${pc - 1}`);
    }
  }
}

const PROGRAM = `
  push 19      ; recursion
  call fib
  out
  push 2       ; sieve of 6000
  store 0
  push 0
  store 2
next:
  load 0
  push 6000
  lt
  jumpz sieved
  load 0
  get
  jumpz prime
  jump step
prime:
  load 2
  push 1
  add
  store 2
  load 0
  load 0
  add
  store 1
mark:
  load 1
  push 6000
  lt
  jumpz step
  load 1
  push 1
  put
  load 1
  load 0
  add
  store 1
  jump mark
step:
  load 0
  push 1
  add
  store 0
  jump next
sieved:
  load 2
  out
  push 1       ; a xorshift-like generator
  store 3
  push 0
  store 4
random:
  load 4
  push 30000
  lt
  jumpz end
  load 3
  push 1103515245
  mul
  push 12345
  add
  dup
  push 7
  shr
  xor
  store 3
  load 4
  push 1
  add
  store 4
  jump random
end:
  load 3
  out
  halt
fib:
  arg 0
  push 2
  lt
  jumpz more
  arg 0
  ret
more:
  arg 0
  push 1
  sub
  call fib
  arg 0
  push 2
  sub
  call fib
  add
  ret
`;

let steps = 0, out;
for (let i = 0; i < ROUNDS; i++) {
  const done = run(assemble(PROGRAM));
  steps += done.steps;
  out = done.out;
}
const result = `${out.join(' ')} (${steps} steps)`;
if (result !== EXPECTED) throw new Error(`vm: ${result}, expected ${EXPECTED}`);
console.log(`vm ${result}`);
