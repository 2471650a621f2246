// Static and dynamic imports, top-level await.
import { Circle, Rectangle } from './shapes.mjs';

const shapes = [new Circle(1), new Rectangle(2, 3), new Circle(0.5)];
for (const shape of shapes.sort((a, b) => a.area - b.area)) console.log(String(shape));

const namespace = await import('./shapes.mjs');
console.log(Object.keys(namespace).join(', '), namespace.Circle === Circle);
