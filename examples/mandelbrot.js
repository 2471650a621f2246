// The Mandelbrot set in characters.
const shades = ' .:-=+*#%@';
for (let y = -1.2; y <= 1.2; y += 0.1) {
  let line = '';
  for (let x = -2.1; x <= 0.7; x += 0.04) {
    let re = 0, im = 0, n = 0;
    while (n < 90 && re * re + im * im < 4) {
      [re, im] = [re * re - im * im + x, 2 * re * im + y];
      n++;
    }
    line += shades[Math.floor(n / 10)] ?? shades.at(-1);
  }
  console.log(line);
}
