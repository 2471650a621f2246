export class Shape {
  #name;
  constructor(name) {
    this.#name = name;
  }
  toString() {
    return `${this.#name} of area ${this.area.toFixed(2)}`;
  }
}

export class Circle extends Shape {
  constructor(radius) {
    super('circle');
    this.radius = radius;
  }
  get area() {
    return Math.PI * this.radius ** 2;
  }
}

export class Rectangle extends Shape {
  constructor(width, height) {
    super('rectangle');
    Object.assign(this, { width, height });
  }
  get area() {
    return this.width * this.height;
  }
}
