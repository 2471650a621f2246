with ({ a: undefined }) { a.b; }
