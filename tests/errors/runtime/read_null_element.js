const o = null;
o['some key'];
