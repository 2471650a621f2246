const o = {};
o['foo bar']();
