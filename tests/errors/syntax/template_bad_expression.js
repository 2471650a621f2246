let s = `a ${1 +} b`;
