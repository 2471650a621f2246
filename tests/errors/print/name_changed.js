const e = new Error('msg'); e.name = 'Changed'; console.log(e);
