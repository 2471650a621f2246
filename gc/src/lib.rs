//! Heap, allocator, collector, roots and weak structures of sarus; knows nothing of JavaScript.

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("the register spill in stack.rs knows x86-64 and AArch64");
#[cfg(target_endian = "big")]
compile_error!("the header word and the mark bitmap assume little-endian");

mod cell;
mod chunk;
mod collect;
mod heap;
mod layout;
mod roots;
mod space;
mod stack;
mod stats;
mod tracer;
mod verify;

pub use cell::{Gc, Header, HeapCell, KindInfo};
pub use heap::{Heap, HeapConfig, HeapFull, PostGcFn, RootsFn, WeakRootsFn};
pub use layout::MAX_BLOCK_CELL;
pub use roots::{Persistent, RootVec};
pub use stats::{CollectReason, HeapStats, KindCount};
pub use tracer::{ShapeTraceFn, Tracer, WeakVisitor};
