// A little operating system: a kernel schedules tasks by priority, tasks exchange packets through queues,
// devices answer requests after some ticks. Linked lists, state machines, calls through a task table.
'use strict';

const ROUNDS = 320;
const EXPECTED = 1077811200;

const READY = 0, WAITING = 1, HELD = 2;
const KIND_WORK = 0, KIND_DEVICE = 1;
const WORDS = 4;

class Packet {
  constructor(next, owner, kind) {
    this.next = next;
    this.owner = owner;
    this.kind = kind;
    this.datum = 0;
    this.words = [0, 0, 0, 0];
  }
}

class PacketQueue {
  constructor() {
    this.first = null;
    this.last = null;
  }
  get empty() {
    return this.first === null;
  }
  put(packet) {
    packet.next = null;
    if (this.last === null) this.first = packet;
    else this.last.next = packet;
    this.last = packet;
  }
  take() {
    const packet = this.first;
    this.first = packet.next;
    if (this.first === null) this.last = null;
    packet.next = null;
    return packet;
  }
}

class Task {
  constructor(kernel, id, priority) {
    this.kernel = kernel;
    this.id = id;
    this.priority = priority;
    this.state = READY;
    this.inbox = new PacketQueue();
    this.next = null;
    this.activations = 0;
  }
  deliver(packet) {
    this.inbox.put(packet);
    if (this.state === WAITING) this.state = READY;
  }
  wait() {
    this.state = this.inbox.empty ? WAITING : READY;
  }
}

class IdleTask extends Task {
  constructor(kernel, id, budget) {
    super(kernel, id, 0);
    this.budget = budget;
    this.seed = 1;
  }
  run() {
    if (--this.budget === 0) {
      this.state = HELD;
      return;
    }
    const odd = this.seed & 1;
    this.seed = (this.seed >> 1) ^ (odd ? 0xd008 : 0);
    this.kernel.release(odd ? 'deviceA' : 'deviceB');
  }
}

class Worker extends Task {
  constructor(kernel, id, targets) {
    super(kernel, id, 100);
    this.targets = targets;
    this.turn = 0;
    this.letter = 0;
  }
  run() {
    if (this.inbox.empty) {
      this.wait();
      return;
    }
    const packet = this.inbox.take();
    this.turn = (this.turn + 1) % this.targets.length;
    packet.datum = 0;
    for (let i = 0; i < WORDS; i++) {
      this.letter = this.letter === 26 ? 1 : this.letter + 1;
      packet.words[i] = 64 + this.letter;
    }
    this.kernel.send(packet, this.targets[this.turn], this.id);
    this.wait();
  }
}

class Handler extends Task {
  constructor(kernel, id, device) {
    super(kernel, id, 300);
    this.device = device;
    this.work = new PacketQueue();
    this.answers = new PacketQueue();
    this.sum = 0;
  }
  run() {
    while (!this.inbox.empty) {
      const packet = this.inbox.take();
      (packet.kind === KIND_WORK ? this.work : this.answers).put(packet);
    }
    if (!this.work.empty) {
      const job = this.work.first;
      if (job.datum >= WORDS) {
        this.work.take();
        this.kernel.send(job, job.owner, this.id);
        return;
      }
      if (!this.answers.empty) {
        const request = this.answers.take();
        request.words[0] = job.words[job.datum++];
        this.sum = (this.sum * 31 + request.words[0]) | 0;
        this.kernel.send(request, this.device, this.id);
        return;
      }
    }
    this.wait();
  }
}

class Device extends Task {
  constructor(kernel, id) {
    super(kernel, id, 500);
    this.pending = null;
    this.handled = 0;
  }
  run() {
    if (this.pending !== null) {
      const packet = this.pending;
      this.pending = null;
      this.handled += packet.words[0];
      this.kernel.send(packet, packet.owner, this.id);
      this.wait();
    } else if (this.inbox.empty) {
      this.wait();
    } else {
      this.pending = this.inbox.take();
      this.kernel.hold(this);
    }
  }
}

class Kernel {
  constructor() {
    this.tasks = new Map();
    this.head = null;
    this.switches = 0;
    this.holds = 0;
    this.sends = 0;
  }
  add(task) {
    this.tasks.set(task.id, task);
    let at = this.head, before = null;
    while (at !== null && at.priority > task.priority) {
      before = at;
      at = at.next;
    }
    task.next = at;
    if (before === null) this.head = task;
    else before.next = task;
    return task;
  }
  send(packet, target, sender) {
    this.sends++;
    packet.owner = sender;
    this.tasks.get(target).deliver(packet);
  }
  hold(task) {
    this.holds++;
    task.state = HELD;
  }
  release(id) {
    const task = this.tasks.get(id);
    if (task.state === HELD) task.state = READY;
  }
  run() {
    for (;;) {
      let task = this.head;
      while (task !== null && task.state !== READY) task = task.next;
      if (task === null) return;
      this.switches++;
      task.activations++;
      task.run();
    }
  }
}

function round() {
  const kernel = new Kernel();
  kernel.add(new IdleTask(kernel, 'idle', 1000));
  const worker = kernel.add(new Worker(kernel, 'worker', ['handlerA', 'handlerB']));
  const a = kernel.add(new Handler(kernel, 'handlerA', 'deviceA'));
  const b = kernel.add(new Handler(kernel, 'handlerB', 'deviceB'));
  const deviceA = kernel.add(new Device(kernel, 'deviceA'));
  const deviceB = kernel.add(new Device(kernel, 'deviceB'));
  worker.deliver(new Packet(null, 'handlerA', KIND_WORK));
  worker.deliver(new Packet(null, 'handlerB', KIND_WORK));
  for (const handler of [a, b]) {
    for (let i = 0; i < 3; i++) handler.deliver(new Packet(null, handler.device, KIND_DEVICE));
  }
  kernel.run();
  let sum = kernel.switches * 7 + kernel.holds * 5 + kernel.sends;
  for (const task of [worker, a, b, deviceA, deviceB]) sum = (sum * 33 + task.activations) | 0;
  return (sum ^ a.sum ^ b.sum) + deviceA.handled - deviceB.handled;
}

let result = 0;
for (let i = 0; i < ROUNDS; i++) result = (result * 3 + round()) | 0;
if (result !== EXPECTED) throw new Error(`scheduler: ${result}, expected ${EXPECTED}`);
console.log(`scheduler ${result}`);
