// Incompressible flow on a grid: diffusion and projection by relaxation, semi-Lagrangian advection.
// Indexed double arithmetic in nested loops over flat arrays.
'use strict';

const SIZE = 40;
const FRAMES = 25;
const SWEEPS = 12;
const EXPECTED = '466.72228362 3773.43293873';

const ROW = SIZE + 2;
const CELLS = ROW * ROW;

function boundary(kind, field) {
  for (let i = 1; i <= SIZE; i++) {
    field[i * ROW] = kind === 1 ? -field[i * ROW + 1] : field[i * ROW + 1];
    field[i * ROW + SIZE + 1] = kind === 1 ? -field[i * ROW + SIZE] : field[i * ROW + SIZE];
    field[i] = kind === 2 ? -field[i + ROW] : field[i + ROW];
    field[(SIZE + 1) * ROW + i] = kind === 2 ? -field[SIZE * ROW + i] : field[SIZE * ROW + i];
  }
  field[0] = 0.5 * (field[1] + field[ROW]);
  field[SIZE + 1] = 0.5 * (field[SIZE] + field[SIZE + 1 + ROW]);
  field[(SIZE + 1) * ROW] = 0.5 * (field[(SIZE + 1) * ROW + 1] + field[SIZE * ROW]);
  field[CELLS - 1] = 0.5 * (field[CELLS - 2] + field[CELLS - 1 - ROW]);
}

function relax(kind, field, source, a, c) {
  const scale = 1 / c;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let y = 1; y <= SIZE; y++) {
      let at = y * ROW + 1;
      for (let x = 1; x <= SIZE; x++, at++) {
        field[at] = (source[at] + a * (field[at - 1] + field[at + 1] + field[at - ROW] + field[at + ROW])) * scale;
      }
    }
    boundary(kind, field);
  }
}

function diffuse(kind, field, source, rate) {
  relax(kind, field, source, rate, 1 + 4 * rate);
}

function advect(kind, field, source, u, v, dt) {
  const step = dt * SIZE, limit = SIZE + 0.5;
  for (let y = 1; y <= SIZE; y++) {
    for (let x = 1; x <= SIZE; x++) {
      const at = y * ROW + x;
      const px = Math.min(Math.max(x - step * u[at], 0.5), limit);
      const py = Math.min(Math.max(y - step * v[at], 0.5), limit);
      const x0 = Math.floor(px), y0 = Math.floor(py);
      const fx = px - x0, fy = py - y0;
      const base = y0 * ROW + x0;
      const top = source[base] * (1 - fx) + source[base + 1] * fx;
      const bottom = source[base + ROW] * (1 - fx) + source[base + ROW + 1] * fx;
      field[at] = top * (1 - fy) + bottom * fy;
    }
  }
  boundary(kind, field);
}

function project(u, v, pressure, divergence) {
  const h = 0.5 / SIZE;
  for (let y = 1; y <= SIZE; y++) {
    for (let x = 1; x <= SIZE; x++) {
      const at = y * ROW + x;
      divergence[at] = -h * (u[at + 1] - u[at - 1] + v[at + ROW] - v[at - ROW]);
      pressure[at] = 0;
    }
  }
  boundary(0, divergence);
  boundary(0, pressure);
  relax(0, pressure, divergence, 1, 4);
  for (let y = 1; y <= SIZE; y++) {
    for (let x = 1; x <= SIZE; x++) {
      const at = y * ROW + x;
      u[at] -= 0.5 * SIZE * (pressure[at + 1] - pressure[at - 1]);
      v[at] -= 0.5 * SIZE * (pressure[at + ROW] - pressure[at - ROW]);
    }
  }
  boundary(1, u);
  boundary(2, v);
}

function simulate(make) {
  let u = make(), v = make(), dense = make();
  let u0 = make(), v0 = make(), dense0 = make();
  const dt = 0.1;
  for (let frame = 0; frame < FRAMES; frame++) {
    const middle = (SIZE >> 1) * ROW + (SIZE >> 1);
    for (let i = -3; i <= 3; i++) {
      dense[middle + i] += 4;
      u[middle + i * ROW] += 2 + 0.1 * frame;
      v[middle + i] -= 1 + 0.05 * i;
    }
    [u, u0] = [u0, u];
    [v, v0] = [v0, v];
    diffuse(1, u, u0, 0.01);
    diffuse(2, v, v0, 0.01);
    project(u, v, u0, v0);
    [u, u0] = [u0, u];
    [v, v0] = [v0, v];
    advect(1, u, u0, u0, v0, dt);
    advect(2, v, v0, u0, v0, dt);
    project(u, v, u0, v0);
    [dense, dense0] = [dense0, dense];
    diffuse(0, dense, dense0, 0.02);
    [dense, dense0] = [dense0, dense];
    advect(0, dense, dense0, u, v, dt);
  }
  let sum = 0, weighted = 0;
  for (let i = 0; i < CELLS; i++) {
    sum += dense[i];
    weighted += dense[i] * (i % 17) + u[i] - v[i];
  }
  return `${sum.toFixed(8)} ${weighted.toFixed(8)}`;
}

const typed = simulate(() => new Float64Array(CELLS));
const plain = simulate(() => new Array(CELLS).fill(0));
if (typed !== plain) throw new Error(`fluid: ${typed} with typed arrays, ${plain} with plain ones`);
if (typed !== EXPECTED) throw new Error(`fluid: ${typed}, expected ${EXPECTED}`);
console.log(`fluid ${typed}`);
