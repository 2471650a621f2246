let o = null, k = 'key';
o[k] = 1;
