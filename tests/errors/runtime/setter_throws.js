const o = { set value(v) { v.x.y; } };
o.value = {};
