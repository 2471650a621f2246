const f = () => {};
new f();
