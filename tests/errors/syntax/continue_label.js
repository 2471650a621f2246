foo: { while (1) { continue foo; } }
