console.log(new AggregateError([new Error('one'), new TypeError('two')], 'many'));
