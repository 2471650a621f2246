throw Object.assign(new Error('x'), {name: 'Renamed'});
