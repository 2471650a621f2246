let r = /abc/gg;
