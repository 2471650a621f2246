class A { *constructor() {} }
