Error.prepareStackTrace = (e, s) => { console.log('prepare', e.message); return s.length > 0; };
const e = new Error('a'); console.log('before'); console.log(e.stack, e.stack);
Error.prepareStackTrace = () => { throw new Error('inner'); };
const q = new Error('q'); try { q.stack; } catch (x) { console.log('threw', x.message); }
Error.prepareStackTrace = undefined; console.log(typeof q.stack);
