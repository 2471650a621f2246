'use strict'
a: b: for (;;) { continue a; break b }
if (c) d; else if (e) f; else { g }
do h; while (i) j
while (k) l
for (var m = 0, n; m < n; m++);
switch (o) { case 1: case 2: p; default: q }
try { r } catch { s } finally { t }
try { u } catch ({ v }) { throw v }
debugger;;
