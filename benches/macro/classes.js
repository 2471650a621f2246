// Classes in all their forms: inheritance, super, private members, accessors, statics, mixins, symbols.
'use strict';

const ROUNDS = 32000;
const EXPECTED = 1548475095;

class Entity {
  static #count = 0;
  static registry = new Map();
  #id;
  #components = [];
  name;
  constructor(name) {
    this.#id = ++Entity.#count;
    this.name = name;
  }
  get id() {
    return this.#id;
  }
  static get count() {
    return Entity.#count;
  }
  add(component) {
    this.#components.push(component);
    component.owner = this;
    return this;
  }
  update(dt) {
    for (const component of this.#components) component.update(dt);
  }
  *[Symbol.iterator]() {
    yield* this.#components;
  }
  [Symbol.toPrimitive](hint) {
    return hint === 'number' ? this.#id : `${this.name}#${this.#id}`;
  }
  static is(value) {
    return #id in value;
  }
}

class Component {
  owner = null;
  #time = 0;
  get age() {
    return this.#time;
  }
  update(dt) {
    this.#time += dt;
  }
  weight() {
    return 1;
  }
}

class Position extends Component {
  x = 0;
  y = 0;
  #speed = { x: 1, y: 2 };
  set speed(value) {
    this.#speed = { x: value, y: value * 2 };
  }
  update(dt) {
    super.update(dt);
    this.x += this.#speed.x * dt;
    this.y += this.#speed.y * dt;
  }
  weight() {
    return super.weight() + (this.x > this.y ? 1 : 2);
  }
}

class Bounded extends Position {
  constructor(limit) {
    super();
    this.limit = limit;
  }
  update(dt) {
    super.update(dt);
    if (this.x > this.limit) this.x -= this.limit;
    if (this.y > this.limit) this.y -= this.limit;
  }
  weight() {
    return super.weight() * 3;
  }
}

const Counting = (Base) => class extends Base {
  hits = 0;
  update(dt) {
    this.hits++;
    super.update(dt);
  }
};
const Named = (Base) => class extends Base {
  get label() {
    return `${this.constructor.label}:${this.owner?.name ?? '-'}`;
  }
  static label = 'named';
};

class Health extends Named(Counting(Component)) {
  static label = 'health';
  static #limits = { low: 0, high: 100 };
  #points = 100;
  get points() {
    return this.#points;
  }
  set points(value) {
    this.#points = Math.min(Health.#limits.high, Math.max(Health.#limits.low, value));
  }
  #decay(dt) {
    this.points -= dt;
  }
  update(dt) {
    super.update(dt);
    this.#decay(dt);
    if (this.points === 0) this.points = 100;
  }
  weight() {
    return super.weight() + this.#points;
  }
  static {
    Entity.registry.set('health', this);
  }
}

class Stack extends Array {
  static get [Symbol.species]() {
    return Array;
  }
  peek() {
    return this.at(-1);
  }
}

class Money {
  constructor(cents) {
    this.cents = cents;
    Object.freeze(this);
  }
  plus(other) {
    return new this.constructor(this.cents + other.cents);
  }
  valueOf() {
    return this.cents;
  }
  toString() {
    return `$${(this.cents / 100).toFixed(2)}`;
  }
  static of(...cents) {
    return cents.reduce((sum, c) => sum.plus(new this(c)), new this(0));
  }
}
class Euro extends Money {
  toString() {
    return super.toString().replace('$', '€');
  }
}

let hash = 0;
const mix = (value) => { hash = (Math.imul(hash, 31) + value) | 0; };

const world = Array.from({ length: 12 }, (_, i) => {
  const entity = new Entity(`e${i}`).add(new Position()).add(new Bounded(50 + i)).add(new Health());
  for (const component of entity) if (component instanceof Position) component.speed = i % 5;
  return entity;
});

for (let round = 0; round < ROUNDS; round++) {
  for (const entity of world) entity.update(1 + (round & 3));
  if (round % 8 === 0) {
    for (const entity of world) {
      for (const component of entity) mix(component.weight() + component.age);
      mix(+entity + `${entity}`.length);
    }
  }
  const stack = new Stack();
  for (let i = 0; i < 6; i++) stack.push(new (i & 1 ? Euro : Money)(i * round));
  mix(String(stack.peek()).length + Euro.of(1, 2, round) + stack.map(Number)[3]);
  if (stack.filter(Entity.is).length !== 0) throw new Error('classes: brand');
}
const health = [...world[3]].find((c) => c instanceof Entity.registry.get('health'));
mix(health.hits + health.label.length + Entity.count);
try {
  Entity.prototype.update.call({}, 1);
  throw new Error('classes: no brand check');
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
}
if (hash !== EXPECTED) throw new Error(`classes: ${hash}, expected ${EXPECTED}`);
console.log(`classes ${hash}`);
