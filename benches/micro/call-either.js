// Methods through prototypes, two and four classes at one site.
class Square { constructor(a) { this.a = a; } area() { return this.a * this.a; } }
class Circle { constructor(r) { this.r = r; } area() { return 3 * this.r * this.r; } }
class Rect { constructor(a, b) { this.a = a; this.b = b; } area() { return this.a * this.b; } }
class Rhomb { constructor(a, b) { this.d = a; this.e = b; } area() { return this.d * this.e / 2; } }
const two = [], four = [];
for (let i = 0; i < 64; i++) {
  two.push(i & 1 ? new Square(i) : new Circle(i));
  four.push([new Square(i), new Circle(i), new Rect(i, 2), new Rhomb(i, 4)][i & 3]);
}
function total(list, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum = (sum + list[i & 63].area()) % 1000003;
  return sum;
}
function totalFour(list, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum = (sum + list[i & 63].area()) % 1000003;
  return sum;
}
console.log(total(two, 15_000_000), totalFour(four, 15_000_000));
