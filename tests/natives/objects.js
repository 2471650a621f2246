// What the engine knows of objects.
class Point { constructor(x, y) { this.x = x; this.y = y; } }
const a = new Point(1, 2), b = new Point('3', null), c = { x: 1, y: 2 };
console.log(%HaveSameMap(a, b), %HaveSameMap(a, c), %HaveSameMap(a, 1));
console.log(%HasFastProperties(a), %HasFastProperties(1));
const many = {};
for (let i = 0; i < 3000; i++) many['key' + i] = i;
for (let i = 0; i < 2990; i++) delete many['key' + i];
console.log(%HasFastProperties(many));
const sparse = [];
sparse[1e6] = 1;
console.log(%HasDictionaryElements(sparse), %HasDictionaryElements([1, 2]));
console.log(%DebugPrint(a) === a);
%DebugPrint([1, 2, 3]);
%DebugPrint(42);
%DebugPrint(1.5);
%DebugPrint('text');
%DebugPrint(function named(a) { return a; });
%CollectGarbage(1);
