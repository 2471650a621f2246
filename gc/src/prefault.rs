//! Memory made present ahead of its use.
//!
//! The first touch of a huge page stops a program for 70 µs, in which the system zeroes it, and for up to a millisecond on a virtual
//! machine whose host has to find the memory first. Where that happens, a heap that begins a huge page asks for the one after it
//! ([`request`]), and a thread of the process, the same for all heaps, makes that present while the heap fills what it has. Where
//! pages are only zeroed, that does not pay: the other processor's cache has them then.
//!
//! The thread is started by the first request. It sleeps when there is nothing to do, and nobody waits for its end: it dies with the
//! process.
//!
//! # A range is not unmapped as long as it is requested
//!
//! To populate what was unmapped is refused by the system and harmless, but another mapping might be at that address by then, of
//! a file or a stack, of which pages would be made present for nothing. So what is unmapped is forgotten first ([`forget`]): that
//! drops requests, and waits for the one being worked on. That takes as long as a huge page does and happens next to never,
//! because what is requested is about to be used.

use crate::pages::populate;
use crate::placement::spawn_elsewhere;
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A huge page that takes longer to come was not just zeroed.
const SLOW: Duration = Duration::from_micros(250);
/// Requests that wait. More are those of several threads' heaps, and the oldest of them are probably too late already.
const MAX_WAITING: usize = 8;
/// The thread calls the system and nothing else.
const STACK: usize = 32 << 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Helper {
    /// Nothing was requested yet.
    None,
    Runs,
    /// There is one processor only, or the system gives no threads.
    Refused,
}

struct State {
    helper: Helper,
    /// The oldest first.
    waiting: Vec<Range<usize>>,
    /// What is being made present.
    current: Range<usize>,
    /// Where the last range that was slow to come begins.
    slow: usize,
}

static STATE: Mutex<State> = Mutex::new(State {
    helper: Helper::None,
    waiting: Vec::new(),
    current: 0..0,
    slow: 0,
});
/// Something waits.
static REQUESTED: Condvar = Condvar::new();
/// Nothing is current any more.
static DONE: Condvar = Condvar::new();

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Begins to use a huge page of a mapping at its first word, which is zero; whether pages are slow to come.
pub(crate) fn begin(page: Range<usize>) -> bool {
    // What is still waiting need not be done by the thread.
    let mut state = lock();
    state.waiting.retain(|waiting| !overlap(waiting, &page));
    let was_slow = state.slow == page.start;
    drop(state);
    let started = Instant::now();
    // SAFETY: callers pass pages of mappings that are theirs alone.
    unsafe { (page.start as *mut u64).write_volatile(0) };
    was_slow || started.elapsed() > SLOW
}

/// Asks for a part of a mapping to be made present, which must not be unmapped without a call of [`forget`].
pub(crate) fn request(range: Range<usize>) {
    let mut state = lock();
    if state.helper == Helper::None {
        state.helper = start();
    }
    if state.helper == Helper::Refused {
        return;
    }
    if state.waiting.len() == MAX_WAITING {
        state.waiting.remove(0);
    }
    state.waiting.push(range);
    drop(state);
    REQUESTED.notify_one();
}

/// The range is about to be unmapped: it is neither waiting nor being worked on when this returns.
pub(crate) fn forget(range: Range<usize>) {
    let mut state = lock();
    state.waiting.retain(|waiting| !overlap(waiting, &range));
    while overlap(&state.current, &range) {
        state = DONE.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

fn start() -> Helper {
    // With one processor, the thread would only take turns with the one it works for.
    let is_alone = std::thread::available_parallelism().is_ok_and(|n| n.get() == 1);
    let thread = std::thread::Builder::new()
        .name("sarus-pages".into())
        .stack_size(STACK);
    match !is_alone && spawn_elsewhere(thread, work).is_ok() {
        true => Helper::Runs,
        false => Helper::Refused,
    }
}

fn work() {
    let mut state = lock();
    loop {
        if state.waiting.is_empty() {
            state = REQUESTED
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let range = state.waiting.remove(0);
        state.current = range.clone();
        drop(state);
        let started = Instant::now();
        populate(range);
        let took = started.elapsed();
        state = lock();
        if took > SLOW {
            state.slow = state.current.start;
        }
        state.current = 0..0;
        DONE.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk;
    use crate::layout::CHUNK_SIZE;

    fn mapping() -> Range<usize> {
        let start = chunk::map_aligned(2 * CHUNK_SIZE, 2 * CHUNK_SIZE).expect("memory") as usize;
        start..start + 2 * CHUNK_SIZE
    }

    fn unmap(range: Range<usize>) {
        // SAFETY: the mapping is the test's, which uses it no more.
        unsafe { chunk::unmap(range.start as *mut u8, range.len()) };
    }

    fn is_known(range: &Range<usize>) -> bool {
        let state = lock();
        state.waiting.iter().any(|waiting| overlap(waiting, range))
            || overlap(&state.current, range)
    }

    /// Of a mapping: which of its pages are present.
    #[cfg(target_os = "linux")]
    fn present(range: &Range<usize>) -> Vec<bool> {
        let mut pages = [0u8; 2 * CHUNK_SIZE / 4096];
        // SAFETY: there is a byte for each page of the mapping, even if pages are of the smallest size.
        unsafe { libc::mincore(range.start as *mut _, range.len(), pages.as_mut_ptr()) };
        pages.iter().map(|page| page & 1 != 0).collect()
    }

    #[test]
    fn contents_stay() {
        let range = mapping();
        let first = range.start as *mut u64;
        // SAFETY: the mapping is the test's.
        unsafe {
            assert!(!first.is_null() && first.read() == 0);
            first.add(1).write(7);
            populate(range.clone());
            assert_eq!((first.read(), first.add(1).read()), (0, 7));
        }
        request(range.clone());
        begin(range.clone());
        // SAFETY: as above.
        assert_eq!(unsafe { first.add(1).read() }, 7);
        unmap(range);
    }

    #[test]
    fn what_is_unmapped_is_forgotten() {
        // More than may wait: the oldest requests are dropped, and none of them stops a heap.
        let ranges: Vec<_> = (0..3 * MAX_WAITING).map(|_| mapping()).collect();
        for range in &ranges {
            request(range.clone());
        }
        for range in ranges {
            forget(range.clone());
            assert!(!is_known(&range));
            unmap(range);
        }
    }

    #[test]
    fn several_threads_may_ask() {
        let turns = || {
            for turn in 0..50 {
                let range = mapping();
                request(range.clone());
                if turn % 3 != 0 {
                    begin(range.clone());
                    // SAFETY: the mapping is the thread's.
                    unsafe { ((range.end - 8) as *mut u64).write(1) };
                }
                unmap(range);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(turns);
            }
        });
    }

    #[test]
    fn what_was_requested_comes() {
        let range = mapping();
        request(range.clone());
        while is_known(&range) {
            std::thread::yield_now();
        }
        #[cfg(target_os = "linux")]
        if lock().helper == Helper::Runs {
            // A kernel that knows nothing of it makes none present there, either.
            let other = mapping();
            populate(other.clone());
            assert_eq!(present(&range), present(&other));
            unmap(other);
        }
        unmap(range);
    }
}
