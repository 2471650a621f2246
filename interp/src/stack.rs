//! The JS stack: one reserved mapping per agent, committed by touching it.

use sarus_gc::pages;
use sarus_runtime::value::Value;

/// A stack of `capacity` values that grows upwards.
pub struct JsStack {
    base: *mut Value,
    bytes: usize,
}

/// Words kept free above the limit: a frame header and the arguments the runtime passes may go there before the check.
pub const RED_ZONE: usize = 1024;
const PAGE: usize = 4096;
/// Recursion beyond so many bytes is likely to take many more.
const DEEP: usize = 1 << 20;

impl JsStack {
    /// Reserves a stack; `None` if the system has no address space for it.
    pub fn new(capacity: usize) -> Option<JsStack> {
        let bytes = capacity
            .max(16 * 1024)
            .checked_mul(8)?
            .checked_next_multiple_of(PAGE)?;
        // SAFETY: an anonymous private mapping at an address of the system's choice; the last page becomes a guard.
        unsafe {
            let base = libc::mmap(
                std::ptr::null_mut(),
                bytes + PAGE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            );
            if base == libc::MAP_FAILED {
                return None;
            }
            pages::advise_huge(base as usize + DEEP..base as usize + bytes);
            libc::mprotect(base.cast::<u8>().add(bytes).cast(), PAGE, libc::PROT_NONE);
            Some(JsStack {
                base: base.cast(),
                bytes,
            })
        }
    }
    /// The lowest word.
    pub fn base(&self) -> *mut Value {
        self.base
    }
    /// No frame may reach above this word.
    pub fn limit(&self) -> *mut Value {
        self.base.wrapping_add(self.bytes / 8 - RED_ZONE)
    }
}

impl Drop for JsStack {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours and nothing refers to it any more.
        unsafe { libc::munmap(self.base.cast(), self.bytes + PAGE) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_are_usable_to_the_limit() {
        for capacity in [0, 100_000, 1 << 20] {
            let stack = JsStack::new(capacity).expect("address space");
            let count = stack.bytes / 8;
            assert!(count >= capacity);
            for index in (0..count).step_by(PAGE / 8).chain([count - 1]) {
                // SAFETY: the stack has so many words.
                unsafe { stack.base().add(index).write(Value::UNDEFINED) };
            }
        }
    }
}
