a?.b.c?.[d](e)?.(f); (a?.b).c; new a.b(c).d; new new A()(); new (f())(); super_; a.b`c`.d; delete a?.b;
