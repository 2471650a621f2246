console.log([new Error('in array'), 1]);
