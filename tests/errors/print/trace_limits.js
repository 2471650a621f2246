Error.stackTraceLimit = 'x'; console.log(new Error('a').stack); delete Error.stackTraceLimit; console.log(new Error('b').stack);
Error.stackTraceLimit = NaN; console.log(new Error('c').stack); Error.stackTraceLimit = -1; console.log(new Error('d').stack);
Error.stackTraceLimit = 2.7; console.log((() => (() => (() => new Error('e'))())())().stack.split('\n').length);
Error.stackTraceLimit = Infinity; function f(n) { return n ? f(n - 1) : new Error('f').stack.split('\n').length; } console.log(f(300) > 300);
