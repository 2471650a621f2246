'use strict';
// The page is complete without this: it sorts tables, and opens the source around a line that a link leads to.
(() => {
  const root = document.documentElement;
  root.classList.add('scripted');
  const value = (row, i) => {
    const cell = row.cells[i];
    return cell.dataset.v ?? cell.textContent.trim();
  };
  const compare = (a, b) => {
    const [x, y] = [a, b].map((text) => parseFloat(text.replaceAll(',', '')));
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
  };
  for (const table of document.querySelectorAll('table.sortable')) {
    let last = -1, sign = 1;
    table.tHead.addEventListener('click', (event) => {
      const th = event.target.closest('th');
      if (!th) return;
      const i = th.cellIndex;
      sign = i === last ? -sign : th.classList.contains('num') ? -1 : 1;
      last = i;
      const body = table.tBodies[0];
      const rows = [...body.rows].sort((a, b) => sign * compare(value(a, i), value(b, i)));
      body.append(...rows);
    });
  }
  const reveal = () => {
    const line = document.getElementById(location.hash.slice(1));
    if (!line) return;
    for (let at = line.parentElement; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    if (line.tagName === 'DETAILS') line.open = true;
    line.scrollIntoView({ block: 'center' });
  };
  addEventListener('hashchange', reveal);
  reveal();
  root.dataset.lines = document.querySelectorAll('.l').length;
})();
