console.log(new (class extends Error {})('anonymous'));
