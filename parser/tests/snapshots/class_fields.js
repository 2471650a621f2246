class A { a = () => this; [b] = c; static d = A; static { var e; let f = () => e; } g = super.h; ['i'] = arguments_; }
