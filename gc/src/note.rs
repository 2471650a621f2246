//! Lines for people on standard error. A closed standard error is no reason to stop a program.

use std::fmt::Arguments;
use std::io::Write;

/// Writes a line to standard error in one piece; what cannot be written is dropped.
pub fn write_note(text: Arguments<'_>) {
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// As `eprintln!`, which aborts programs whose standard error is closed.
#[macro_export]
macro_rules! note {
    ($($text:tt)*) => { $crate::write_note(::std::format_args!($($text)*)) };
}
