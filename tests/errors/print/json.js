const e = new Error('x'); e.code = 5; console.log(JSON.stringify(e), JSON.stringify({ e }), Object.keys(e), Object.entries(e));
