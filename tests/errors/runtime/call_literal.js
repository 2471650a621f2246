'abc'();
