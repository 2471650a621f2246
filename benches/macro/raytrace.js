// A recursive ray tracer with spheres, planes, shadows and mirrors; small immutable vector objects.
'use strict';

const WIDTH = 192;
const HEIGHT = 144;
const DEPTH = 4;
const EXPECTED = 505477546;

class Vector {
  constructor(x, y, z) {
    this.x = x;
    this.y = y;
    this.z = z;
  }
  plus(o) {
    return new Vector(this.x + o.x, this.y + o.y, this.z + o.z);
  }
  minus(o) {
    return new Vector(this.x - o.x, this.y - o.y, this.z - o.z);
  }
  times(k) {
    return new Vector(this.x * k, this.y * k, this.z * k);
  }
  dot(o) {
    return this.x * o.x + this.y * o.y + this.z * o.z;
  }
  cross(o) {
    return new Vector(this.y * o.z - this.z * o.y, this.z * o.x - this.x * o.z, this.x * o.y - this.y * o.x);
  }
  get length() {
    return Math.sqrt(this.dot(this));
  }
  unit() {
    return this.times(1 / this.length);
  }
  mirror(normal) {
    return this.minus(normal.times(2 * this.dot(normal)));
  }
}

class Colour {
  constructor(r, g, b) {
    this.r = r;
    this.g = g;
    this.b = b;
  }
  add(o, k) {
    return new Colour(this.r + o.r * k, this.g + o.g * k, this.b + o.b * k);
  }
  filter(o) {
    return new Colour(this.r * o.r, this.g * o.g, this.b * o.b);
  }
  static byte(v) {
    return v <= 0 ? 0 : v >= 1 ? 255 : Math.floor(v * 255);
  }
  pack() {
    return (Colour.byte(this.r) << 16) | (Colour.byte(this.g) << 8) | Colour.byte(this.b);
  }
}

const BLACK = new Colour(0, 0, 0);

class Material {
  constructor(colour, gloss, mirror) {
    this.colour = colour;
    this.gloss = gloss;
    this.mirror = mirror;
  }
  at() {
    return this.colour;
  }
}

class Checker extends Material {
  constructor(light, dark) {
    super(light, 5, 0.15);
    this.dark = dark;
  }
  at(point) {
    return (Math.floor(point.x) + Math.floor(point.z)) & 1 ? this.dark : this.colour;
  }
}

class Sphere {
  constructor(centre, radius, material) {
    this.centre = centre;
    this.radius = radius;
    this.material = material;
  }
  hit(origin, direction) {
    const to = this.centre.minus(origin);
    const along = to.dot(direction);
    const gap = this.radius * this.radius - to.dot(to) + along * along;
    if (gap < 0) return Infinity;
    const half = Math.sqrt(gap);
    const near = along - half;
    if (near > 1e-6) return near;
    return along + half > 1e-6 ? along + half : Infinity;
  }
  normal(point) {
    return point.minus(this.centre).unit();
  }
}

class Plane {
  constructor(up, height, material) {
    this.up = up;
    this.height = height;
    this.material = material;
  }
  hit(origin, direction) {
    const slope = this.up.dot(direction);
    if (slope > -1e-6) return Infinity;
    const distance = (this.height - this.up.dot(origin)) / slope;
    return distance > 1e-6 ? distance : Infinity;
  }
  normal() {
    return this.up;
  }
}

class Scene {
  constructor() {
    this.things = [];
    this.lights = [];
    this.rays = 0;
  }
  nearest(origin, direction) {
    this.rays++;
    let best = null, distance = Infinity;
    for (const thing of this.things) {
      const at = thing.hit(origin, direction);
      if (at < distance) {
        distance = at;
        best = thing;
      }
    }
    return best === null ? null : { thing: best, distance };
  }
  shade(origin, direction, depth) {
    const hit = this.nearest(origin, direction);
    if (hit === null) {
      const t = 0.5 * (direction.y + 1);
      return new Colour(0.6 - 0.3 * t, 0.7 - 0.2 * t, 0.9);
    }
    const { thing, distance } = hit;
    const point = origin.plus(direction.times(distance));
    const normal = thing.normal(point);
    const material = thing.material;
    const base = material.at(point);
    let colour = BLACK.add(base, 0.12);
    for (const light of this.lights) {
      const to = light.place.minus(point);
      const length = to.length;
      const towards = to.times(1 / length);
      const facing = towards.dot(normal);
      if (facing <= 0) continue;
      const shadow = this.nearest(point, towards);
      if (shadow !== null && shadow.distance < length) continue;
      colour = colour.add(base.filter(light.colour), facing);
      const shine = direction.mirror(normal).dot(towards);
      if (shine > 0) {
        let power = shine;
        for (let i = 1; i < material.gloss; i++) power *= shine;
        colour = colour.add(light.colour, power * 0.4);
      }
    }
    if (material.mirror > 0 && depth > 0) {
      colour = colour.add(this.shade(point, direction.mirror(normal), depth - 1), material.mirror);
    }
    return colour;
  }
}

function build() {
  const scene = new Scene();
  scene.things.push(new Plane(new Vector(0, 1, 0), -1, new Checker(new Colour(0.9, 0.9, 0.85), new Colour(0.1, 0.15, 0.2))));
  for (let i = 0; i < 7; i++) {
    const colour = new Colour((i % 3) / 2, ((i + 1) % 4) / 3, ((i * 2) % 5) / 4);
    const centre = new Vector(i * 1.4 - 4.2, (i % 2) * 0.9 - 0.3, 5 + (i % 3) * 1.1);
    scene.things.push(new Sphere(centre, 0.7 + 0.05 * i, new Material(colour, 8 + i * 4, i % 2 ? 0.5 : 0.2)));
  }
  scene.lights.push({ place: new Vector(-6, 8, -2), colour: new Colour(0.8, 0.75, 0.7) });
  scene.lights.push({ place: new Vector(5, 6, 1), colour: new Colour(0.3, 0.35, 0.5) });
  return scene;
}

const scene = build();
const eye = new Vector(0, 0.8, -3);
const forward = new Vector(0, -0.1, 1).unit();
const right = forward.cross(new Vector(0, -1, 0)).unit();
const up = right.cross(forward).times(-1);
let hash = 17;
for (let y = 0; y < HEIGHT; y++) {
  for (let x = 0; x < WIDTH; x++) {
    const dx = (x - WIDTH / 2) / HEIGHT, dy = (HEIGHT / 2 - y) / HEIGHT;
    const direction = forward.plus(right.times(dx)).plus(up.times(dy)).unit();
    hash = (Math.imul(hash, 31) + scene.shade(eye, direction, DEPTH).pack()) | 0;
  }
}
hash ^= scene.rays;
if (hash !== EXPECTED) throw new Error(`raytrace: ${hash}, expected ${EXPECTED}`);
console.log(`raytrace ${hash}`);
