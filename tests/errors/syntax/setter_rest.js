let o = { set a(...b) {} };
