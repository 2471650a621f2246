Error.prepareStackTrace = (e, sites) => `${e.name}: ${e.message} [${sites.length > 0}]`; console.log(new Error('p'));
