//! The library facade of sarus.
