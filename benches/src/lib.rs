//! Criterion benchmarks of sarus and side-by-side runs against other engines.
