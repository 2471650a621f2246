let s = "\u12";
