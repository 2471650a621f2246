//! Memory outside the heap that finalizers give back. A finalizer does not see the heap; what it frees is noted per
//! thread and taken off the account at the end of the same collection, before the limit is judged.

use std::cell::Cell;

thread_local! {
    static FREED: Cell<usize> = const { Cell::new(0) };
}

/// Notes that a finalizer or a weak function freed `bytes` that [`crate::Heap::add_external`] was told of. It has no
/// effect outside a collection: there [`crate::Heap::sub_external`] is to be called.
#[inline]
pub fn external_freed(bytes: usize) {
    // The thread may be ending; then nobody asks any more.
    let _ = FREED.try_with(|f| f.set(f.get().saturating_add(bytes)));
}

/// What was noted since the last call.
pub(crate) fn take_freed() -> usize {
    FREED.try_with(|f| f.replace(0)).unwrap_or(0)
}
