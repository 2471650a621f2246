// A program with "quotes", <b id="injected">tags</b> & </script><script>document.documentElement.dataset.injected = 1</script> in it.
import { sum, shapes } from './lib.mjs';

class Vec {
  constructor(x, y) { this.x = x; this.y = y; }
  add(o) { return new Vec(this.x + o.x, this.y + o.y); }
}

function never() { return 'never called'; }

function exits(x) { return x * 2; }

const list = Array.from({ length: 500 }, (_, i) => shapes(i));
let total = 0;
for (let k = 0; k < 200; k++) total += sum(list);
function walk(steps) {
  let v = new Vec(0, 0);
  for (let i = 0; i < steps; i++) v = v.add(new Vec(i, 1));
  return v;
}
const v = walk(100000);
for (let i = 0; i < 20000; i++) exits(i);
for (let i = 0; i < 50; i++) exits('12');
console.log(total, v.x, v.y, typeof never);
if (process.argv[2] === 'exit') process.exit(7);
if (process.argv[2] === 'throw') throw new Error('on purpose');
