a = b ? c : d ? e : f;
a ||= b ?? (c && d) | e ^ f & g << h + i * j ** k ** l;
- -x; +(+x); typeof void !delete x.y; ++a.b, c--;
x in y instanceof z; (a, b), c;
