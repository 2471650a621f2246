[1].map(x => x).foo.bar();
