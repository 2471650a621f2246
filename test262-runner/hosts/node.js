// Runs one assembled test262 test in node, for `test262-runner --engine "node test262-runner/hosts/node.js"`.
//   node.js FILE                    a script with its harness in front
//   node.js HARNESS --module FILE   a module after its harness; needs node --experimental-vm-modules
// Scripts run as global code of a new context, which has `print` and as much of `$262` as node allows.
// Exits with 1 after writing "Name: message" if the test throws.
'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');
const v8 = require('v8');

v8.setFlagsFromString('--expose-gc');

function createRealm() {
  const context = vm.createContext({});
  const global = vm.runInContext('this', context);
  const $262 = {
    global,
    createRealm: () => createRealm().$262,
    evalScript: (source) => vm.runInContext(source, context, { importModuleDynamically: loader(context) }),
    detachArrayBuffer: (buffer) => { structuredClone(buffer, { transfer: [buffer] }); },
    gc: () => vm.runInThisContext('gc')(),
    agent: agent(),
  };
  for (const [name, value] of [['print', print], ['$262', $262]]) {
    Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });
  }
  return { context, $262 };
}

function print(text) {
  fs.writeSync(1, String(text) + '\n');
}

// Agents are workers that exchange plain messages; their `$262` has the agents' side only.
function agent() {
  const threads = [];
  const reports = [];
  const { Worker, receiveMessageOnPort, MessageChannel } = require('worker_threads');
  const start = Date.now();
  return {
    start(source) {
      const { port1, port2 } = new MessageChannel();
      const ready = new Int32Array(new SharedArrayBuffer(8));
      const body = `
        const { workerData, parentPort } = require('worker_threads');
        const { port, ready } = workerData;
        let handler, pending;
        globalThis.$262 = { agent: {
          receiveBroadcast(f) { handler = f; if (pending) { f(...pending); pending = undefined; } },
          report(m) { port.postMessage(String(m)); },
          sleep(ms) { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms); },
          leaving() { port.close(); parentPort.close(); },
          monotonicNow() { return performance.now(); },
        } };
        parentPort.on('message', (m) => {
          Atomics.add(ready, 1, 1); Atomics.notify(ready, 1);
          if (handler) handler(...m); else pending = m;
        });
        Atomics.store(ready, 0, 1); Atomics.notify(ready, 0);
        (0, eval)(workerData.source);`;
      const thread = new Worker(body, {
        eval: true, workerData: { source, port: port2, ready }, transferList: [port2],
      });
      thread.unref();
      port1.unref();
      threads.push({ thread, port: port1, ready });
      Atomics.wait(ready, 0, 0, 5000);
    },
    broadcast(buffer, number) {
      for (const { thread, ready } of threads) {
        const seen = Atomics.load(ready, 1);
        thread.postMessage([buffer, number]);
        Atomics.wait(ready, 1, seen, 5000);
      }
    },
    getReport() {
      for (const { port } of threads) {
        for (let m; (m = receiveMessageOnPort(port)) !== undefined;) reports.push(m.message);
      }
      return reports.length ? reports.shift() : null;
    },
    sleep(ms) { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms); },
    monotonicNow: () => Date.now() - start,
  };
}

const modules = new Map();

function load(context, file) {
  if (!modules.has(file)) {
    const source = fs.readFileSync(file, 'utf8');
    modules.set(file, new vm.SourceTextModule(source, {
      identifier: file, context, importModuleDynamically: loader(context),
    }));
  }
  return modules.get(file);
}

function loader(context) {
  return async (specifier, referrer) => {
    const from = referrer && referrer.identifier || process.argv[2];
    const module = load(context, path.resolve(path.dirname(from), specifier));
    if (module.status === 'unlinked') await module.link(linker(context));
    if (module.status === 'linked') await module.evaluate();
    return module;
  };
}

function linker(context) {
  return (specifier, referrer) => load(context, path.resolve(path.dirname(referrer.identifier), specifier));
}

function fail(error) {
  let text;
  try {
    const constructor = error !== null && typeof error === 'object' ? error.constructor : undefined;
    text = constructor && constructor.name ? `${constructor.name}: ${error.message}` : String(error);
  } catch {
    text = 'uncaught exception';
  }
  fs.writeSync(2, text + '\n');
  process.exit(1);
}

async function main() {
  const [script, flag, file] = process.argv.slice(2);
  const { context } = createRealm();
  const options = { filename: script, importModuleDynamically: vm.SourceTextModule ? loader(context) : undefined };
  vm.runInContext(fs.readFileSync(script, 'utf8'), context, options);
  if (flag === '--module') {
    const module = load(context, file);
    await module.link(linker(context));
    await module.evaluate();
  }
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', () => {});
main().catch(fail);
