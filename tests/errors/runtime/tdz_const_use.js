(function () { use(); const z = 1; function use() { return z; } })();
