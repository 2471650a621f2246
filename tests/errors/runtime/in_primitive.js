'a' in 'abc';
