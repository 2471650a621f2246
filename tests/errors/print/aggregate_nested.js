console.log(new AggregateError([new AggregateError([new Error('deep')], 'inner')], 'outer'));
