let u;
'x' in u;
