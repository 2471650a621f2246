let r = /(abc/;
