const o = { [Symbol.iterator]() { return { next() { return 1; } }; } };
for (const x of o) ;
