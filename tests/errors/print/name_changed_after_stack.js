const e = new Error('msg'); e.stack; e.name = 'Changed'; console.log(e);
