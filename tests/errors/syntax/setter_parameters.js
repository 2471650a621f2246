let o = { set a() {} };
