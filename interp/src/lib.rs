//! Frames, dispatch loop, calls, generators and inline-cache update of sarus.
