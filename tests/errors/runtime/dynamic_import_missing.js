import('./nope.mjs');
