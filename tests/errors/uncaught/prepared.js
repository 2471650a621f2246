Error.prepareStackTrace = (e, s) => 'PREP ' + (s.length > 0); throw new Error('z');
