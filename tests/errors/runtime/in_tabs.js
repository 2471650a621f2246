function f(a) {
	if (a) {
		return a.b.c;
	}
}
f({});
