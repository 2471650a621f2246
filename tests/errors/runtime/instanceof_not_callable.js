({}) instanceof 5;
