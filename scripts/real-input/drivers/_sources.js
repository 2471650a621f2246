// Large real files for the parsers to read.
'use strict';

const fs = require('fs');
const { reduced } = require('./_util.js');

const FILES = reduced
  ? ['benchmark-octane/lib/octane/richards.js']
  : [
      'lodash/lodash.js',
      'acorn/dist/acorn.js',
      'handlebars/dist/handlebars.js',
      'esprima/dist/esprima.js',
      'benchmark-octane/lib/octane/box2d.js',
      'benchmark-octane/lib/octane/typescript-compiler.js',
    ];

module.exports = FILES.map((name) => ({ name, text: fs.readFileSync(`${__dirname}/node_modules/${name}`, 'utf8') }));
