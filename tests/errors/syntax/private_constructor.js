class A { #constructor; }
