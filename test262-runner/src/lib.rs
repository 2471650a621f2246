//! The conformance runner of sarus.
