let s = `abc ${1 + 1} def
