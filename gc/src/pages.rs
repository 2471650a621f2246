//! What the system is told of memory. Advice changes no contents, whoever uses the memory meanwhile; a system that knows nothing of it
//! refuses, and all is as before.

use std::ops::Range;

/// Bytes of a huge page, on the machines that have transparent ones.
pub const HUGE_PAGE_SIZE: usize = 2 << 20;

/// Asks for huge pages in a mapping, where one fits: a page fault for every 4 KiB takes five times as long.
pub fn advise_huge(range: Range<usize>) {
    let start = range.start.next_multiple_of(HUGE_PAGE_SIZE);
    if start.saturating_add(HUGE_PAGE_SIZE) <= range.end {
        advise(start..range.end, Advice::Huge);
    }
}

/// Makes a range present that stays mapped meanwhile.
pub(crate) fn populate(range: Range<usize>) {
    advise(range, Advice::Populate);
}

enum Advice {
    Huge,
    /// Not before Linux 5.14.
    Populate,
}

#[cfg(target_os = "linux")]
fn advise(range: Range<usize>, advice: Advice) {
    let advice = match advice {
        Advice::Huge => libc::MADV_HUGEPAGE,
        Advice::Populate => libc::MADV_POPULATE_WRITE,
    };
    // SAFETY: neither changes what is in the memory or who may use it, and nothing is done for what is not mapped.
    unsafe { libc::madvise(range.start as *mut libc::c_void, range.len(), advice) };
}

#[cfg(not(target_os = "linux"))]
fn advise(_: Range<usize>, _: Advice) {}
