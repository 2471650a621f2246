const show = e => console.log(e.stack.split('\n').slice(1, 3).join('\n'));
function fail() { show(new Error('x')); }
class C { static g = fail(); static { fail(); } static #p = fail(); }
