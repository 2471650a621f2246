// Gravitation between the sun and the outer planets, symplectic Euler steps: double arithmetic on fields.
'use strict';

const STEPS = 150000;
const EXPECTED = '-0.169298907 -0.169251623 -4.991435';

const MASS = 4 * Math.PI * Math.PI;
const YEAR = 365.24;

class Body {
  constructor(x, y, z, vx, vy, vz, mass) {
    this.x = x;
    this.y = y;
    this.z = z;
    this.vx = vx * YEAR;
    this.vy = vy * YEAR;
    this.vz = vz * YEAR;
    this.mass = mass * MASS;
  }
}

// Positions in astronomical units, velocities per day, masses in suns; rounded textbook elements.
function planets() {
  return [
    new Body(0, 0, 0, 0, 0, 0, 1),
    new Body(4.8414, -1.1603, -0.1036, 0.00166, 0.00769, -0.0000690, 0.000954),
    new Body(8.3434, 4.1248, -0.4035, -0.00277, 0.00500, 0.0000230, 0.000286),
    new Body(12.8944, -15.1112, -0.2233, 0.00296, 0.00238, -0.0000297, 0.0000437),
    new Body(15.3797, -25.9193, 0.1793, 0.00268, 0.00163, -0.0000952, 0.0000515),
  ];
}

function balance(bodies) {
  let px = 0, py = 0, pz = 0;
  for (const b of bodies) {
    px += b.vx * b.mass;
    py += b.vy * b.mass;
    pz += b.vz * b.mass;
  }
  const sun = bodies[0];
  sun.vx -= px / sun.mass;
  sun.vy -= py / sun.mass;
  sun.vz -= pz / sun.mass;
}

function advance(bodies, dt) {
  const n = bodies.length;
  for (let i = 0; i < n; i++) {
    const a = bodies[i];
    for (let j = i + 1; j < n; j++) {
      const b = bodies[j];
      const dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      const square = dx * dx + dy * dy + dz * dz;
      const pull = dt / (square * Math.sqrt(square));
      const towards = b.mass * pull, away = a.mass * pull;
      a.vx -= dx * towards;
      a.vy -= dy * towards;
      a.vz -= dz * towards;
      b.vx += dx * away;
      b.vy += dy * away;
      b.vz += dz * away;
    }
  }
  for (let i = 0; i < n; i++) {
    const body = bodies[i];
    body.x += dt * body.vx;
    body.y += dt * body.vy;
    body.z += dt * body.vz;
  }
}

function energy(bodies) {
  let sum = 0;
  bodies.forEach((a, i) => {
    sum += 0.5 * a.mass * (a.vx ** 2 + a.vy ** 2 + a.vz ** 2);
    for (const b of bodies.slice(i + 1)) sum -= a.mass * b.mass / Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
  });
  return sum;
}

const bodies = planets();
balance(bodies);
const before = energy(bodies);
for (let i = 0; i < STEPS; i++) advance(bodies, 0.01);
const result = `${before.toFixed(9)} ${energy(bodies).toFixed(9)} ${bodies[1].x.toFixed(6)}`;
if (result !== EXPECTED) throw new Error(`nbody: ${result}, expected ${EXPECTED}`);
console.log(`nbody ${result}`);
