let r = /+a/;
