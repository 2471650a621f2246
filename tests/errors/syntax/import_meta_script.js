let x = import.meta;
