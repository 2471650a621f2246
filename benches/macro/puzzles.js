// Search: queens by bit masks and by arrays, sudoku by constraint propagation, knight's tour, Hanoi, Life.
'use strict';

const EXPECTED = '2680 92 17502463 812753649943682175 929 900 262143 137425';

function queensBits(n) {
  const full = (1 << n) - 1;
  const place = (columns, left, right) => {
    if (columns === full) return 1;
    let count = 0;
    for (let free = full & ~(columns | left | right); free; free &= free - 1) {
      const bit = free & -free;
      count += place(columns | bit, ((left | bit) << 1) & full, (right | bit) >> 1);
    }
    return count;
  };
  return place(0, 0, 0);
}

function queensArrays(n) {
  const rows = [], solutions = [];
  const safe = (column) => rows.every((c, r) => c !== column && Math.abs(c - column) !== rows.length - r);
  const place = () => {
    if (rows.length === n) {
      solutions.push([...rows]);
      return;
    }
    for (let column = 0; column < n; column++) {
      if (!safe(column)) continue;
      rows.push(column);
      place();
      rows.pop();
    }
  };
  place();
  return solutions;
}

const UNITS = [];
for (let i = 0; i < 9; i++) {
  const line = Array.from({ length: 9 }, (_, k) => k);
  UNITS.push(line.map((k) => i * 9 + k), line.map((k) => k * 9 + i));
  UNITS.push(line.map((k) => (Math.floor(i / 3) * 3 + Math.floor(k / 3)) * 9 + (i % 3) * 3 + (k % 3)));
}
const PEERS = Array.from({ length: 81 }, (_, c) => {
  const set = new Set(UNITS.filter((u) => u.includes(c)).flat());
  set.delete(c);
  return [...set];
});

function sudoku(text) {
  let nodes = 0;
  const assign = (cells, at, bit) => {
    cells[at] = bit;
    for (const peer of PEERS[at]) {
      if (!(cells[peer] & bit)) continue;
      cells[peer] &= ~bit;
      if (cells[peer] === 0) return false;
      if ((cells[peer] & (cells[peer] - 1)) === 0 && !assign(cells, peer, cells[peer])) return false;
    }
    return true;
  };
  const search = (cells) => {
    nodes++;
    let best = -1, fewest = 10;
    for (let c = 0; c < 81; c++) {
      let n = 0;
      for (let bits = cells[c]; bits; bits &= bits - 1) n++;
      if (n > 1 && n < fewest) {
        best = c;
        fewest = n;
      }
    }
    if (best < 0) return cells;
    for (let bits = cells[best]; bits; bits &= bits - 1) {
      const copy = cells.slice();
      if (assign(copy, best, bits & -bits)) {
        const done = search(copy);
        if (done) return done;
      }
    }
    return null;
  };
  const cells = new Array(81).fill(511);
  for (let i = 0; i < 81; i++) if (text[i] !== '.') assign(cells, i, 1 << (Number(text[i]) - 1));
  const solved = search(cells);
  for (const unit of UNITS) if (unit.reduce((bits, c) => bits | solved[c], 0) !== 511) throw new Error('puzzles: sudoku');
  return { text: solved.map((bit) => 32 - Math.clz32(bit)).join(''), nodes };
}

function knight(n) {
  const jumps = [[1, 2], [2, 1], [2, -1], [1, -2], [-1, -2], [-2, -1], [-2, 1], [-1, 2]];
  const board = Array.from({ length: n }, () => new Array(n).fill(0));
  const free = (x, y) => x >= 0 && y >= 0 && x < n && y < n && board[y][x] === 0;
  const degree = (x, y) => jumps.filter(([dx, dy]) => free(x + dx, y + dy)).length;
  let x = 0, y = 0, step = 1;
  for (board[0][0] = 1; step < n * n; step++) {
    const options = jumps.map(([dx, dy]) => [x + dx, y + dy]).filter(([a, b]) => free(a, b));
    if (options.length === 0) break;
    options.sort((a, b) => degree(...a) - degree(...b));
    [x, y] = options[0];
    board[y][x] = step + 1;
  }
  return step;
}

function hanoi(n) {
  const pegs = [Array.from({ length: n }, (_, i) => n - i), [], []];
  let moves = 0;
  const move = (count, from, to, via) => {
    if (count === 0) return;
    move(count - 1, from, via, to);
    const disc = pegs[from].pop();
    if (pegs[to].length && pegs[to].at(-1) < disc) throw new Error('puzzles: hanoi');
    pegs[to].push(disc);
    moves++;
    move(count - 1, via, to, from);
  };
  move(n, 0, 2, 1);
  return moves;
}

function life(size, generations) {
  let cells = new Set();
  for (const [x, y] of [[1, 0], [2, 1], [0, 2], [1, 2], [2, 2], [10, 10], [11, 10], [12, 10], [12, 9], [11, 8], [20, 21], [20, 22], [20, 23], [21, 22]]) {
    cells.add(y * size + x);
  }
  for (let g = 0; g < generations; g++) {
    const neighbours = new Map();
    for (const cell of cells) {
      const x = cell % size, y = (cell - x) / size;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (dx === 0 && dy === 0) continue;
          const at = ((y + dy + size) % size) * size + ((x + dx + size) % size);
          neighbours.set(at, (neighbours.get(at) ?? 0) + 1);
        }
      }
    }
    const next = new Set();
    for (const [at, n] of neighbours) if (n === 3 || (n === 2 && cells.has(at))) next.add(at);
    cells = next;
  }
  return [...cells].reduce((sum, c) => sum + c, 0);
}

const puzzle = sudoku('8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..');
const queens = queensArrays(8);
const result = `${queensBits(11)} ${queens.length} ${queens[11].join('')} ${puzzle.text.slice(0, 18)} ${puzzle.nodes} ${knight(30)} ${hanoi(18)} ${life(64, 2000)}`;
if (result !== EXPECTED) throw new Error(`puzzles: ${result}, expected ${EXPECTED}`);
console.log(`puzzles ${result}`);
