//! Event loop, module loading and console of sarus.
