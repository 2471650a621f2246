// An incremental solver of constraint hierarchies: one-way methods between variables, strengths, plans.
// Edits walk along chains and through scale projections, as an interactive drawing program would do.
'use strict';

const CHAIN = 1500;
const PROJECTIONS = 900;
const EXPECTED = 53565456;

const REQUIRED = 0, PREFERRED = 2, DEFAULT = 4, WEAKEST = 6;

class Variable {
  constructor(name, value) {
    this.name = name;
    this.value = value;
    this.constraints = [];
    this.source = null; // the constraint that computes this variable
    this.mark = 0;
    this.strength = WEAKEST; // the weakest strength that would have to give way
    this.stays = true;
  }
}

class Constraint {
  constructor(strength) {
    this.strength = strength;
  }
  get isInput() {
    return false;
  }
  post(solver) {
    for (const variable of this.variables) variable.constraints.push(this);
    this.clear();
    solver.add(this);
  }
  retract(solver) {
    if (this.satisfied) solver.remove(this);
    for (const variable of this.variables) {
      variable.constraints.splice(variable.constraints.indexOf(this), 1);
    }
  }
}

class Unary extends Constraint {
  constructor(variable, strength) {
    super(strength);
    this.variable = variable;
    this.variables = [variable];
    this.satisfied = false;
  }
  get output() {
    return this.variable;
  }
  get inputs() {
    return [];
  }
  clear() {
    this.satisfied = false;
  }
  choose(mark) {
    this.satisfied = this.variable.mark !== mark && this.strength < this.variable.strength;
  }
  known() {
    return true;
  }
  recalculate() {
    this.variable.strength = this.strength;
    this.variable.stays = !this.isInput;
    if (this.variable.stays) this.execute();
  }
}

class Stay extends Unary {
  execute() {}
}

class Edit extends Unary {
  get isInput() {
    return true;
  }
  execute() {}
}

class Binary extends Constraint {
  constructor(left, right, strength) {
    super(strength);
    this.left = left;
    this.right = right;
    this.variables = [left, right];
    this.direction = 0; // 1: right is computed, -1: left is computed
  }
  get satisfied() {
    return this.direction !== 0;
  }
  get output() {
    return this.direction > 0 ? this.right : this.left;
  }
  get input() {
    return this.direction > 0 ? this.left : this.right;
  }
  get inputs() {
    return [this.input];
  }
  clear() {
    this.direction = 0;
  }
  choose(mark) {
    const { left, right, strength } = this;
    this.direction = 0;
    if (left.mark === mark) {
      if (right.mark !== mark && strength < right.strength) this.direction = 1;
    } else if (right.mark === mark) {
      if (strength < left.strength) this.direction = -1;
    } else if (left.strength > right.strength) {
      if (strength < left.strength) this.direction = -1;
    } else if (strength < right.strength) {
      this.direction = 1;
    }
  }
  known(mark) {
    const input = this.input;
    return input.mark === mark || input.stays || input.source === null;
  }
  recalculate() {
    const { input, output } = this;
    output.strength = Math.max(this.strength, input.strength);
    output.stays = input.stays;
    if (output.stays) this.execute();
  }
}

class Equal extends Binary {
  execute() {
    this.output.value = this.input.value;
  }
}

class Linear extends Binary {
  constructor(source, scale, offset, target, strength) {
    super(source, target, strength);
    this.scale = scale;
    this.offset = offset;
    this.variables = [source, target, scale, offset];
  }
  get inputs() {
    return [this.input, this.scale, this.offset];
  }
  known(mark) {
    return super.known(mark) && [this.scale, this.offset].every((v) => v.mark === mark || v.stays || v.source === null);
  }
  execute() {
    if (this.direction > 0) this.right.value = this.left.value * this.scale.value + this.offset.value;
    else this.left.value = (this.right.value - this.offset.value) / this.scale.value;
  }
  recalculate() {
    const { input, output, scale, offset } = this;
    output.strength = Math.max(this.strength, input.strength);
    output.stays = input.stays && scale.stays && offset.stays;
    if (output.stays) this.execute();
  }
}

class Solver {
  constructor() {
    this.mark = 0;
    this.steps = 0;
  }
  add(constraint) {
    const mark = ++this.mark;
    for (let next = constraint; next !== null;) next = this.satisfy(next, mark);
  }
  satisfy(constraint, mark) {
    this.steps++;
    constraint.choose(mark);
    if (!constraint.satisfied) {
      if (constraint.strength === REQUIRED) throw new Error('cannot satisfy a required constraint');
      return null;
    }
    for (const input of constraint.inputs) input.mark = mark;
    const output = constraint.output;
    const displaced = output.source;
    if (displaced !== null) displaced.clear();
    output.source = constraint;
    this.propagate(constraint, mark);
    output.mark = mark;
    return displaced;
  }
  propagate(first, mark) {
    const todo = [first];
    while (todo.length > 0) {
      const constraint = todo.pop();
      if (constraint.output.mark === mark) throw new Error('cycle');
      constraint.recalculate();
      this.consumers(constraint.output, todo);
    }
  }
  consumers(variable, list) {
    for (const constraint of variable.constraints) {
      if (constraint !== variable.source && constraint.satisfied && constraint.output !== variable) list.push(constraint);
    }
  }
  remove(constraint) {
    const output = constraint.output;
    output.source = null;
    constraint.clear();
    const open = [];
    const todo = [output];
    output.strength = WEAKEST;
    output.stays = true;
    while (todo.length > 0) {
      const variable = todo.pop();
      for (const other of variable.constraints) if (!other.satisfied && other !== constraint) open.push(other);
      const next = [];
      this.consumers(variable, next);
      for (const other of next) {
        other.recalculate();
        todo.push(other.output);
      }
    }
    open.sort((a, b) => a.strength - b.strength);
    for (const other of open) if (!other.satisfied) this.add(other);
  }
  plan(edits) {
    const mark = ++this.mark;
    const plan = [];
    const todo = edits.filter((edit) => edit.satisfied);
    while (todo.length > 0) {
      const constraint = todo.pop();
      const output = constraint.output;
      if (output.mark !== mark && constraint.known(mark)) {
        plan.push(constraint);
        output.mark = mark;
        this.consumers(output, todo);
      }
    }
    return plan;
  }
  change(variable, values) {
    const edit = new Edit(variable, PREFERRED);
    edit.post(this);
    const plan = this.plan([edit]);
    for (const value of values) {
      variable.value = value;
      for (const constraint of plan) constraint.execute();
    }
    edit.retract(this);
  }
}

function chain(n) {
  const solver = new Solver();
  const variables = Array.from({ length: n + 1 }, (_, i) => new Variable(`v${i}`, 0));
  for (let i = 0; i < n; i++) new Equal(variables[i], variables[i + 1], REQUIRED).post(solver);
  new Stay(variables[n], DEFAULT).post(solver);
  const values = Array.from({ length: 100 }, (_, i) => i * 3);
  solver.change(variables[0], values);
  if (variables[n].value !== 297) throw new Error('chain');
  solver.change(variables[n], [5, 6, 7]);
  if (variables[0].value !== 7) throw new Error('reverse chain');
  return solver.steps + variables[n >> 1].value;
}

function projection(n) {
  const solver = new Solver();
  const scale = new Variable('scale', 10);
  const offset = new Variable('offset', 1000);
  const sources = [], targets = [];
  for (let i = 0; i < n; i++) {
    const source = new Variable('source', i), target = new Variable('target', i);
    sources.push(source);
    targets.push(target);
    new Stay(source, DEFAULT).post(solver);
    new Linear(source, scale, offset, target, REQUIRED).post(solver);
  }
  solver.change(sources[n - 1], [17]);
  if (targets[n - 1].value !== 1170) throw new Error('projection 1');
  solver.change(targets[n - 1], [1050]);
  if (sources[n - 1].value !== 5) throw new Error('projection 2');
  solver.change(scale, [2, 3, 4, 5]);
  for (let i = 0; i < n - 1; i++) if (targets[i].value !== sources[i].value * 5 + 1000) throw new Error('projection 3');
  solver.change(offset, [1, 20, 2000]);
  for (let i = 0; i < n - 1; i++) if (targets[i].value !== sources[i].value * 5 + 2000) throw new Error('projection 4');
  return solver.steps + targets.reduce((sum, v) => sum + v.value, 0);
}

let result = 0;
for (let i = 0; i < 14; i++) result += chain(CHAIN) + projection(PROJECTIONS);
if (result !== EXPECTED) throw new Error(`constraints: ${result}, expected ${EXPECTED}`);
console.log(`constraints ${result}`);
