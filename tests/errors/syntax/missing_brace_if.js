if (a { }
