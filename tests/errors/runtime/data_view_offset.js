new DataView(new ArrayBuffer(1)).getInt32(0);
