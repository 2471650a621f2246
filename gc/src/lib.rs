//! The heap of sarus: allocator, collector, roots and weak structures. It knows nothing of JavaScript: a cell is a header and
//! what the embedder's kind table ([`KindInfo`]) says about the header's kind byte.
//!
//! # Picture
//!
//! ```text
//!  Heap ── cursor, limit ──────────────┐ bump allocation, inlined
//!   │                                  ▼
//!   │   chunk, 1 MiB aligned      ┌────────┬───────────────┬───────────────┬──
//!   ├─► chunk ─► block 0 (tables) │ block 1│ cells ...│free│ ▓▓ free ▓▓▓ f ▓│ ...    cells up to 8 KiB
//!   │            mark bits        └────────┴───────────────┴───────────────┴──
//!   │            start bits         32 KiB blocks of 256 lines of 128 bytes; free line runs are refilled
//!   │            line bytes
//!   ├─► chunk ─► pages            runs of 4 KiB pages                                   cells of 8 to 248 KiB
//!   ├─► mapping                   one cell each                                         longer cells
//!   │
//!   └─ roots:  set_roots callback ─┐
//!              Persistent, RootVec ├─► Tracer: mark bit, explicit stack, prefetch ─► trace functions by kind
//!              native stack, regs ─┘      │ ephemerons to a fixpoint
//!                 (conservative)          ▼
//!                                weak cells ─► weak roots ─► finalizers ─► sweep ─► threshold
//! ```
//!
//! # Allocation
//!
//! The heap is an Immix heap (Blackburn & McKinley 2008). The allocator bumps a cursor through runs of free lines; inline it
//! is a compare, the cursor's update and setting the cell's start bit. The slow path zeroes the next 4 KiB of the run, finds
//! the next run of the block, the next partly free block, a free block, or a new chunk, in this order. A cell longer than
//! a line that does not fit into the current run goes to an overflow block, so that the run is not lost.
//!
//! # Marking
//!
//! Mark bits are in side tables, 8 KiB per MiB: clearing them costs next to nothing, no pass over the cells is needed, and
//! after marking the mark bits *are* the start bits of the surviving cells. A line is used if a marked cell starts in it or in
//! the line before it; only cells longer than a line mark their lines explicitly, so most cells are never asked their size.
//! Sweeping touches the side tables only; free lines are found and zeroed when allocation gets there.
//!
//! # Roots
//!
//! Any word on the native stack or in a callee-saved register that points at or into a cell keeps it alive (conservative
//! Immix: Shahriyar, Blackburn & McKinley 2014); the start bits lead from an interior pointer to its cell. Cells never move.
//! So a `Gc` in a local variable needs no ceremony, and one in a `Vec` or `Box` on the Rust heap is a bug: use
//! [`RootVec`], [`Persistent`], or a field of a cell.
//!
//! # Limits
//!
//! The heap limit is soft. Allocation of small cells never fails: when a full collection leaves the heap full, the heap sets
//! [`Heap::limit_reached`] and a bit of the embedder's interrupt word and goes on, and the embedder stops the program. The
//! operating system refusing memory is treated the same; a few chunks of address space are set aside for the time until
//! the embedder notices. Large cells and external memory can be refused: [`Heap::try_alloc_large`], [`Heap::can_reserve`].
//!
//! # Checks
//!
//! `gc_stress` collects every so many allocations, `verify` walks the heap around every collection and compares what minor
//! ones mark with what a major one would (a store without barrier is reported with its holder), `poison` (on in debug builds) overwrites dead cells, `trace` writes a line per collection.
//!
//! # Generations
//!
//! Marks stay when a collection has ended (sticky mark bits: Demers et al. 1990), so that a marked cell is an old one. A minor
//! collection begins with these marks and traces new cells only, those that are reached from the roots (all of them, as in a
//! major one) and from the log: the old cells that were written to. A bit in the header's gc byte says that a cell is old and
//! not on the log; [`Heap::write_barrier`] tests it, and the first store after a collection clears it and logs the cell.
//! Cells of some kinds ([`KindInfo::rescan`]) are always on the log and need no barriers.
//!
//! A minor collection frees new cells only; the lines of dead old ones stay in use. A major one starts without marks. It
//! is due when as much got old as the growth policy allows, and when minor collections free less than half of what
//! is allocated between them; see `plan` in `collect.rs`. In large heaps it is done in steps, see `steps.rs`.
//!
//! With [`Generations::Auto`] there are generations only once so much lives that they pay, and not before the embedder says that its code
//! announces stores ([`Heap::set_announced`]).
//!
//! # Invariants
//!
//! * Nothing here runs embedder code except through the callbacks and the kind table, and none of those may allocate.
//! * A heap belongs to one thread; threads share nothing. Dropping a heap runs every finalizer and frees all memory, keeping
//!   up to eight chunks for the thread's next heap.
//! * No recursion, however deep the graph.

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("the register spill in stack.rs knows x86-64 and AArch64");
#[cfg(target_endian = "big")]
compile_error!("the header word and the mark bitmap assume little-endian");

mod cell;
mod chunk;
mod collect;
mod external;
mod heap;
mod layout;
mod note;
pub mod pages;
pub mod placement;
mod prefault;
mod roots;
mod space;
mod spare;
mod stack;
mod stats;
mod steps;
mod tracer;
mod verify;

pub use cell::{Gc, Header, HeapCell, KindInfo};
pub use external::external_freed;
pub use heap::{Generations, Heap, HeapConfig, HeapFull, PostGcFn, RootsFn, WeakRootsFn};
pub use layout::MAX_BLOCK_CELL;
pub use note::write_note;
pub use roots::{Persistent, RootVec};
pub use stack::clear_dead_stack;
pub use stats::{CollectReason, Collection, CollectionKind, HeapStats, KindCount};
pub use tracer::{ShapeTraceFn, Tracer, WeakVisitor};
