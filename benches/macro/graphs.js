// Graph algorithms: Dijkstra with a binary heap, components, spanning tree, flow, A* on a grid.
'use strict';

const NODES = 9000;
const EXPECTED = '5721 340 1362271 525 6586307';

let seed = 17;
const next = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 4294967296) * n);
};

class Heap {
  #items = [];
  #before;
  constructor(before) {
    this.#before = before;
  }
  get size() {
    return this.#items.length;
  }
  push(item) {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(item, items[parent])) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }
  pop() {
    const items = this.#items;
    const top = items[0], last = items.pop();
    if (items.length > 0) {
      let at = 0;
      for (let child; (child = 2 * at + 1) < items.length; at = child) {
        if (child + 1 < items.length && this.#before(items[child + 1], items[child])) child++;
        if (!this.#before(items[child], last)) break;
        items[at] = items[child];
      }
      items[at] = last;
    }
    return top;
  }
}

class Graph {
  constructor(n) {
    this.nodes = Array.from({ length: n }, (_, id) => ({ id, out: [] }));
    this.edges = [];
  }
  connect(a, b, weight) {
    const edge = { from: this.nodes[a], to: this.nodes[b], weight, flow: 0, back: null };
    edge.back = { from: edge.to, to: edge.from, weight: 0, flow: 0, back: edge };
    edge.from.out.push(edge);
    this.edges.push(edge);
  }
}

function dijkstra(graph, start) {
  const distance = new Float64Array(graph.nodes.length).fill(Infinity);
  const heap = new Heap((a, b) => a.d < b.d);
  distance[start] = 0;
  heap.push({ node: graph.nodes[start], d: 0 });
  while (heap.size > 0) {
    const { node, d } = heap.pop();
    if (d > distance[node.id]) continue;
    for (const { to, weight } of node.out) {
      const via = d + weight;
      if (via < distance[to.id]) {
        distance[to.id] = via;
        heap.push({ node: to, d: via });
      }
    }
  }
  return distance;
}

// Strongly connected components, with an explicit stack.
function components(graph) {
  const index = new Map(), low = new Map(), onStack = new Set(), stack = [];
  let counter = 0, found = 0;
  for (const root of graph.nodes) {
    if (index.has(root)) continue;
    const work = [[root, 0]];
    while (work.length > 0) {
      const top = work.at(-1);
      const [node, edge] = top;
      if (edge === 0) {
        index.set(node, counter);
        low.set(node, counter++);
        stack.push(node);
        onStack.add(node);
      }
      if (edge < node.out.length) {
        top[1]++;
        const to = node.out[edge].to;
        if (!index.has(to)) work.push([to, 0]);
        else if (onStack.has(to)) low.set(node, Math.min(low.get(node), index.get(to)));
        continue;
      }
      work.pop();
      if (work.length > 0) low.set(work.at(-1)[0], Math.min(low.get(work.at(-1)[0]), low.get(node)));
      if (low.get(node) === index.get(node)) {
        found++;
        for (let member; member !== node;) {
          member = stack.pop();
          onStack.delete(member);
        }
      }
    }
  }
  return found;
}

function spanningTree(graph) {
  const parent = graph.nodes.map((_, i) => i);
  const find = (x) => {
    while (parent[x] !== x) x = parent[x] = parent[parent[x]];
    return x;
  };
  let total = 0;
  for (const { from, to, weight } of [...graph.edges].sort((a, b) => a.weight - b.weight)) {
    const a = find(from.id), b = find(to.id);
    if (a === b) continue;
    parent[a] = b;
    total += weight;
  }
  return total;
}

function maximumFlow(graph, source, sink) {
  const out = graph.nodes.map(() => []);
  for (const edge of graph.edges) {
    out[edge.from.id].push(edge);
    out[edge.to.id].push(edge.back);
  }
  let flow = 0;
  for (;;) {
    const via = new Map([[source, null]]);
    const queue = [source];
    for (let i = 0; i < queue.length && !via.has(sink); i++) {
      for (const edge of out[queue[i]]) {
        if (edge.weight - edge.flow > 0 && !via.has(edge.to.id)) {
          via.set(edge.to.id, edge);
          queue.push(edge.to.id);
        }
      }
    }
    if (!via.has(sink)) return flow;
    let room = Infinity;
    for (let e = via.get(sink); e; e = via.get(e.from.id)) room = Math.min(room, e.weight - e.flow);
    for (let e = via.get(sink); e; e = via.get(e.from.id)) {
      e.flow += room;
      e.back.flow -= room;
    }
    flow += room;
  }
}

function path(size) {
  const walls = Array.from({ length: size * size }, (_, i) => i > 0 && i < size * size - 1 && next(100) < 20);
  const goal = size * size - 1;
  const guess = (at) => Math.abs((at % size) - (goal % size)) + Math.abs(Math.floor(at / size) - Math.floor(goal / size));
  const cost = new Map([[0, 0]]), open = new Heap((a, b) => a.f < b.f || (a.f === b.f && a.at > b.at));
  open.push({ at: 0, f: guess(0) });
  while (open.size > 0) {
    const { at } = open.pop();
    if (at === goal) return cost.get(goal) * 10000 + cost.size;
    const x = at % size;
    for (const [to, ok] of [[at - size, at >= size], [at + size, at < size * (size - 1)], [at - 1, x > 0], [at + 1, x < size - 1]]) {
      if (!ok || walls[to]) continue;
      const c = cost.get(at) + 1;
      if (c < (cost.get(to) ?? Infinity)) {
        cost.set(to, c);
        open.push({ at: to, f: c + guess(to) });
      }
    }
  }
  return -1;
}

const graph = new Graph(NODES);
for (let i = 0; i < NODES * 4; i++) graph.connect(next(NODES), next(NODES), 1 + next(1000));
let far = 0;
for (let start = 0; start < 8; start++) {
  for (const d of dijkstra(graph, start * 31)) if (d !== Infinity) far = Math.max(far, d);
}
const parts = [far, components(graph), spanningTree(graph), maximumFlow(graph, 0, NODES - 1), path(330)];
const result = parts.join(' ');
if (result !== EXPECTED) throw new Error(`graphs: ${result}, expected ${EXPECTED}`);
console.log(`graphs ${result}`);
