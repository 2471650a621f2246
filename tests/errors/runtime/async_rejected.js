async function load() { await null; throw new Error('failed to load'); }
async function main() { await load(); }
main();
