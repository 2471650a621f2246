//! The `sarus` driver.
fn main() {}
