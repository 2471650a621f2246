let r = /(?<a>x)(?<a>y)/;
