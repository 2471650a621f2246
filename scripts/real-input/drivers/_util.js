// Helpers of the drivers: a hash, a random generator, and the size the run was asked for.
'use strict';

const { reduced } = require('./_config.js');

// FNV-1a over UTF-16 units; every `step`-th unit of long texts is enough to notice a difference.
function hash(text, step = 1) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += step) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ text.length, 0x01000193);
  return (h >>> 0).toString(16).padStart(8, '0');
}

function random(seed) {
  return (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 4294967296) * n);
  };
}

module.exports = { hash, random, reduced };
