({ [Symbol.toPrimitive]: 1 }) + 1;
