const g = (function* () { g.next(); })();
g.next();
