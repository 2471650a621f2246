var a; with (o) { a; let b = 1; (() => b + c)(); } function f(d) { with (d) { e = d; } var e; }
