BigInt('abc');
