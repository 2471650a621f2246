const e = new TypeError('x', { cause: 1 });
console.log(Object.getOwnPropertyNames(e), Object.getOwnPropertyDescriptor(e, 'message'), Object.getOwnPropertyDescriptor(e, 'cause'));
const d = Object.getOwnPropertyDescriptor(e, 'stack');
console.log(typeof d.value, d.writable, d.enumerable, d.configurable, 'get' in d);
