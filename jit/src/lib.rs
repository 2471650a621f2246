//! The optimizing compiler of sarus as a pure function from snapshot to machine code.
