// Loops of doubles: series, polynomials, Newton steps, distances.
function series(n) { let s = 0; for (let i = 1; i <= n; i++) s += 1 / (i * i); return s; }
function poly(n) { let s = 0; for (let i = 0; i < n; i++) { const x = i * 1e-8; s += ((3.5 * x - 2.25) * x + 1.125) * x - 0.5; } return s; }
function newton(n) { let s = 0; for (let i = 1; i < n; i++) { let x = i * 0.5; for (let k = 0; k < 6; k++) x = 0.5 * (x + i / x); s += x; } return s; }
function orbit(n) { let x = 1, y = 0, vx = 0, vy = 1; const dt = 1e-3; for (let i = 0; i < n; i++) { const r2 = x * x + y * y; const k = 1 / (r2 * Math.sqrt(r2)); vx -= x * k * dt; vy -= y * k * dt; x += vx * dt; y += vy * dt; } return x * x + y * y; }
console.log("double", series(1e8).toFixed(9), poly(1e8).toFixed(3), newton(3e6).toFixed(3), orbit(1e7).toFixed(6));
