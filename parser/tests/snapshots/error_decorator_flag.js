class C {
  @observed x;
}
