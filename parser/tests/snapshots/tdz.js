f(a); let a = 1; { b; const b = () => b; } class C extends D(C) { [C.x] = 1; } switch (0) { case c: let c; } let e = e;
