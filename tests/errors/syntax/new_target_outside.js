let x = new.target;
