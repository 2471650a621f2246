const show = e => console.log(e.stack.split('\n').slice(1, 4).join('\n'));
function q() { eval("eval('show(new Error(1))')"); } q();
const o = { m() { eval('show(new Error(2))'); } }; o.m();
eval('show(new Error(3))\n//# sourceURL=named.js');
new Function('show', 'show(new Error(4))')(show);
globalThis.show = show; (0, eval)('show(new Error(5))'); (0, eval)('(function named() { show(new Error(6)); })()');
