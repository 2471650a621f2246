console.log(new AggregateError([1, 'two', null]));
