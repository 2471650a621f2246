new BigInt(1);
