let s = "\xZZ";
