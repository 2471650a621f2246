import();
