let n = 1_000_;
