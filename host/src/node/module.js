// module: `createRequire` and what tells builtins.
const { invalidArgValue } = require('internal/errors');
const { dirname, resolve } = require('path');

function createRequire(from) {
  let path = typeof from === 'string' ? from : from?.href;
  if (typeof path === 'string' && path.startsWith('file://')) path = decodeURIComponent(path.slice(7));
  if (typeof path !== 'string' || path[0] !== '/') {
    throw invalidArgValue('filename', from, 'must be a file URL object, file URL string, or absolute path string');
  }
  return binding.createRequire(path.endsWith('/') ? path : dirname(path));
}

function Module(id = '', parent) {
  this.id = id;
  this.path = dirname(id);
  this.exports = {};
  this.filename = null;
  this.loaded = false;
  this.children = [];
  this.parent = parent;
}
Module.prototype.require = function(id) { return createRequire(this.filename ?? resolve('.', 'x'))(id); };
Module.prototype._compile = function(source, filename) {
  const f = binding.compileCommonJs(source, filename);
  return f.call(this.exports, this.exports, createRequire(filename), this, filename, dirname(filename));
};
Module.Module = Module;
Module.createRequire = createRequire;
Module.builtinModules = binding.builtinNames();
Module.isBuiltin = (name) => typeof name === 'string' && binding.isBuiltin(name);
Module._extensions = Object.create(null);
Module._cache = createRequire('/x').cache;
Module._nodeModulePaths = (from) => {
  const out = [];
  for (let at = resolve(from); ; at = dirname(at)) {
    if (!at.endsWith('/node_modules')) out.push(at === '/' ? '/node_modules' : `${at}/node_modules`);
    if (at === '/') return out;
  }
};
Module.wrap = (source) => `(function (exports, require, module, __filename, __dirname) { ${source}\n});`;
module.exports = Module;
