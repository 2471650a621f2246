eval('null.x');
