//! Heap, allocator, collector, roots and weak structures of sarus; knows nothing of JavaScript.
