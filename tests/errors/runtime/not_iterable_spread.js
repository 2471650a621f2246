const o = {};
[...o];
