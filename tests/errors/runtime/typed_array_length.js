new Uint8Array(-1);
