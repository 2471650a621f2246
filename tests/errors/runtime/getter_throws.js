const o = { get value() { return this.missing.x; } };
o.value;
