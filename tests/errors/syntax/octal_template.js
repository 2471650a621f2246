let s = `\01`;
