// A self-adjusting search tree with payloads, kept at one size while nodes come and go: allocation,
// pointer updates and garbage of medium age.
'use strict';

const SIZE = 6000;
const CHANGES = 60000;
const EXPECTED = 337680065;

let seed = 42;
function random() {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed / 0x7fffffff;
}

class Node {
  constructor(key, value) {
    this.key = key;
    this.value = value;
    this.left = null;
    this.right = null;
  }
}

class SplayTree {
  constructor() {
    this.root = null;
    this.size = 0;
  }
  // Brings the node with `key`, or the last one on the way to it, to the root (top-down).
  splay(key) {
    if (this.root === null) return;
    const header = new Node(0, null);
    let left = header, right = header, top = this.root;
    for (;;) {
      if (key < top.key) {
        if (top.left === null) break;
        if (key < top.left.key) {
          const child = top.left;
          top.left = child.right;
          child.right = top;
          top = child;
          if (top.left === null) break;
        }
        right.left = top;
        right = top;
        top = top.left;
      } else if (key > top.key) {
        if (top.right === null) break;
        if (key > top.right.key) {
          const child = top.right;
          top.right = child.left;
          child.left = top;
          top = child;
          if (top.right === null) break;
        }
        left.right = top;
        left = top;
        top = top.right;
      } else {
        break;
      }
    }
    left.right = top.left;
    right.left = top.right;
    top.left = header.right;
    top.right = header.left;
    this.root = top;
  }
  insert(key, value) {
    this.splay(key);
    if (this.root !== null && this.root.key === key) return false;
    const node = new Node(key, value);
    if (this.root !== null) {
      if (key > this.root.key) {
        node.left = this.root;
        node.right = this.root.right;
        this.root.right = null;
      } else {
        node.right = this.root;
        node.left = this.root.left;
        this.root.left = null;
      }
    }
    this.root = node;
    this.size++;
    return true;
  }
  remove(key) {
    this.splay(key);
    if (this.root === null || this.root.key !== key) return null;
    const removed = this.root;
    if (removed.left === null) {
      this.root = removed.right;
    } else {
      const right = removed.right;
      this.root = removed.left;
      this.splay(key);
      this.root.right = right;
    }
    this.size--;
    return removed;
  }
  floor(key) {
    this.splay(key);
    if (this.root === null || this.root.key <= key) return this.root;
    let node = this.root.left;
    while (node !== null && node.right !== null) node = node.right;
    return node;
  }
  *entries() {
    const stack = [];
    for (let node = this.root; node !== null || stack.length > 0;) {
      while (node !== null) {
        stack.push(node);
        node = node.left;
      }
      node = stack.pop();
      yield node;
      node = node.right;
    }
  }
}

function payload(depth, tag) {
  return depth === 0
    ? { numbers: [0, 1, 2, 3, 4, 5, 6, 7], text: `tag ${tag}` }
    : { left: payload(depth - 1, tag), right: payload(depth - 1, tag) };
}

function fresh(tree) {
  let key;
  do key = random();
  while (!tree.insert(key, payload(3, Math.floor(key * 1e6))));
  return key;
}

const tree = new SplayTree();
for (let i = 0; i < SIZE; i++) fresh(tree);
let hash = 0;
for (let i = 0; i < CHANGES; i++) {
  const key = fresh(tree);
  const lower = tree.floor(key - 1e-9);
  const removed = tree.remove(lower === null ? key : lower.key);
  hash = (Math.imul(hash, 31) + removed.value.left.right.left.text.length) | 0;
}
if (tree.size !== SIZE) throw new Error('splay: size');
let last = -1;
for (const { key, value } of tree.entries()) {
  if (key <= last) throw new Error('splay: order');
  last = key;
  hash = (Math.imul(hash, 31) + value.right.right.right.numbers[3] + Math.floor(key * 1e6)) | 0;
}
if (hash !== EXPECTED) throw new Error(`splay: ${hash}, expected ${EXPECTED}`);
console.log(`splay ${hash}`);
