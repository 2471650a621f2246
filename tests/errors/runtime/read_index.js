let list;
list[0];
