const o = { toString() { return {}; }, valueOf() { return {}; } };
o + 1;
