new ArrayBuffer(-1);
