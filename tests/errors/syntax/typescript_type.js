let x: number = 5;
