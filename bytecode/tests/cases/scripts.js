"use strict";
let lexical = 1; const constant = 2; class C {} var v = 3; function f() { return lexical + v; }
lexical = 4; constant = 5; unknown = 6; typeof unknown; v++;
missing = (globalThis.missing = 1);
