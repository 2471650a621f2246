Error.stackTraceLimit = 0; console.log(new Error('none'), [new TypeError('none')], { e: new RangeError('none') });
