// util.types: what values are, as the engine knows it.
const kind = binding.kindOf;
const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const AsyncFunction = (async () => {}).constructor.prototype;
const boxes = ['Number', 'StringObject', 'Boolean', 'BigIntObject', 'SymbolObject'];
const own = Function.prototype.toString;

const types = {
  isExternal: () => false,
  isDate: (v) => kind(v) === 'Date',
  isArgumentsObject: (v) => kind(v) === 'Arguments' || kind(v) === 'MappedArguments',
  isBigIntObject: (v) => kind(v) === 'BigIntObject',
  isBooleanObject: (v) => kind(v) === 'Boolean',
  isNumberObject: (v) => kind(v) === 'Number',
  isStringObject: (v) => kind(v) === 'StringObject',
  isSymbolObject: (v) => kind(v) === 'SymbolObject',
  isBoxedPrimitive: (v) => boxes.includes(kind(v)),
  isNativeError: (v) => kind(v) === 'Error',
  isRegExp: (v) => kind(v) === 'RegExp',
  isAsyncFunction: (v) => kind(v) === 'Function' && /^async\b/.test(own.call(v)),
  isGeneratorFunction: (v) => kind(v) === 'Function' && /^(async\s+)?(function\s*\*|\*)/.test(own.call(v)),
  isGeneratorObject: (v) => kind(v) === 'Generator',
  isPromise: (v) => kind(v) === 'Promise',
  isMap: (v) => kind(v) === 'Map',
  isSet: (v) => kind(v) === 'Set',
  isMapIterator: (v) => kind(v) === 'MapIterator',
  isSetIterator: (v) => kind(v) === 'SetIterator',
  isWeakMap: (v) => kind(v) === 'WeakMap',
  isWeakSet: (v) => kind(v) === 'WeakSet',
  isArrayBuffer: (v) => kind(v) === 'ArrayBuffer',
  isDataView: (v) => kind(v) === 'DataView',
  isSharedArrayBuffer: (v) => kind(v) === 'SharedArrayBuffer',
  isProxy: (v) => kind(v) === 'Proxy',
  isModuleNamespaceObject: (v) => kind(v) === 'ModuleNamespace',
  isAnyArrayBuffer: (v) => kind(v) === 'ArrayBuffer' || kind(v) === 'SharedArrayBuffer',
  isCryptoKey: () => false,
  isKeyObject: () => false,
  isArrayBufferView: (v) => ArrayBuffer.isView(v),
  isTypedArray: (v) => kind(v) === 'TypedArray',
};
for (const name of ['Uint8Array', 'Uint8ClampedArray', 'Uint16Array', 'Uint32Array', 'Int8Array', 'Int16Array', 'Int32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array']) {
  types[`is${name}`] = (v) => kind(v) === 'TypedArray' && tag.call(v) === name;
}
void AsyncFunction;
module.exports = types;
