function check(v) {
  if (!v) throw new Error('value required');
}
check();
