eval('let a = ;');
