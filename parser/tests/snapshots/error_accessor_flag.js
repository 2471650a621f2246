class C {
  static accessor x = 1;
}
