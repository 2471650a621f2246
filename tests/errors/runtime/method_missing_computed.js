const o = {}, key = 'foo';
o[key]();
