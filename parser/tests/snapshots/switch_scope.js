switch (x) { case 0: let a = 1; const b = () => a; case 1: function f() {} class C {} default: a; }
