// --harmony-tailcalls
function sloppy(n) { return sloppy(n); }
function strict(n) {
  'use strict';
  if (n) return strict(n - 1);
  if (n > 1) try { return strict(1); } catch { return strict(2); }
  return n < 5 ? n && strict(n) || (n, o.m(...n)) : n ? t`x` : o?.m();
}
