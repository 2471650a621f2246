const e = Object.create(Error.prototype); e.message = 'created'; console.log(e);
