//! What a heap tells about itself.

use std::time::{Duration, Instant};

/// Why a collection ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CollectReason {
    /// As much was allocated as the growth policy allows.
    Threshold,
    /// External memory grew as much as the growth policy allows.
    External,
    /// The heap limit or the system refused memory.
    Limit,
    /// `gc_stress`.
    Stress,
    /// The embedder asked for it.
    Explicit,
}

impl CollectReason {
    /// The name in traces.
    pub fn name(self) -> &'static str {
        match self {
            CollectReason::Threshold => "threshold",
            CollectReason::External => "external",
            CollectReason::Limit => "limit",
            CollectReason::Stress => "stress",
            CollectReason::Explicit => "explicit",
        }
    }
}

/// How much of the heap a collection looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CollectionKind {
    /// Cells allocated since the last collection, from the roots and the old cells that were written to.
    Minor,
    /// Everything.
    Major,
}

impl CollectionKind {
    /// The name in traces.
    pub fn name(self) -> &'static str {
        match self {
            CollectionKind::Minor => "minor",
            CollectionKind::Major => "major",
        }
    }
}

/// One collection, as `HeapConfig::record` keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Collection {
    /// When it began.
    pub start: Instant,
    /// How long the program stood still.
    pub pause: Duration,
    /// Why it ran.
    pub reason: CollectReason,
    /// What it looked at.
    pub kind: CollectionKind,
    /// Bytes in use before and after it.
    pub used: (usize, usize),
}

/// A snapshot of a heap's counters. Sizes are in bytes.
#[derive(Clone, Copy, Default, Debug)]
pub struct HeapStats {
    /// In use after the last collection: lines of live cells, live large cells.
    pub live_bytes: usize,
    /// In use now, including what was allocated since the last collection.
    pub used_bytes: usize,
    /// Accounted by [`crate::Heap::add_external`].
    pub external_bytes: usize,
    /// Obtained from the system.
    pub mapped_bytes: usize,
    /// The limit given in the configuration.
    pub limit_bytes: usize,
    /// Live cells over 8 KiB after the last collection.
    pub large_bytes: usize,
    /// Allocated since the heap was made, in whole windows of the bump allocator.
    pub allocated_bytes: u64,
    /// Chunks of blocks.
    pub block_chunks: usize,
    /// Chunks of page runs.
    pub page_chunks: usize,
    /// Mappings with one cell each.
    pub huge_cells: usize,
    /// Allocation that triggers the next collection.
    pub threshold_bytes: usize,
    /// Collections so far.
    pub collections: u64,
    /// How many of these were minor ones.
    pub minor_collections: u64,
    /// Steps of major collections.
    pub steps: u64,
    /// In use, external memory included, after the last major collection.
    pub used_after_major: usize,
    /// Cells traced by the last collection.
    pub marked_cells: usize,
    /// Pause of the last collection.
    pub last_pause: Duration,
    /// The longest pause.
    pub max_pause: Duration,
    /// All pauses together.
    pub total_pause: Duration,
    /// Those of minor collections.
    pub minor_pause: Duration,
}

/// Cells of one kind in a census.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindCount {
    /// The kind byte.
    pub kind: u8,
    /// The name in the kind table.
    pub name: &'static str,
    /// Number of cells.
    pub cells: usize,
    /// Their bytes, without rounding.
    pub bytes: usize,
}
