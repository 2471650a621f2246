const p = new Promise(r => setTimeout(() => r(p), 0));
