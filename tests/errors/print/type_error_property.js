const e = new TypeError('bad'); e.code = 'E_BAD'; console.log(e);
