let a = 1;
let x = "ascii only", y = undefinedName + 1;
