const v = {};
switch (v.a.b) { case 1: }
