class A { static ['prototype']() {} }
