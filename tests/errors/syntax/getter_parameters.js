let o = { get a(b) {} };
