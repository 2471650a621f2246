//! The native stack: its base, and spilling the registers a collection must see.

use std::cell::Cell;

thread_local! {
    static BASE: Cell<usize> = const { Cell::new(0) };
}

/// The high end of the calling thread's stack. Asked of the system once per thread: for the main thread glibc reads a file
/// to find it.
pub(crate) fn stack_base() -> *const u8 {
    let known = BASE.get();
    if known != 0 {
        return known as *const u8;
    }
    let base = query_base();
    BASE.set(base);
    base as *const u8
}

#[cfg(target_os = "linux")]
fn query_base() -> usize {
    // SAFETY: the attribute object is initialised by pthread_getattr_np before it is read, and destroyed once.
    unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return 0;
        }
        let mut low = std::ptr::null_mut();
        let mut size = 0;
        libc::pthread_attr_getstack(&attributes, &mut low, &mut size);
        libc::pthread_attr_destroy(&mut attributes);
        low as usize + size
    }
}

#[cfg(target_os = "macos")]
fn query_base() -> usize {
    // SAFETY: a query about the calling thread.
    unsafe { libc::pthread_get_stackaddr_np(libc::pthread_self()) as usize }
}

/// Clears so many words of the stack below the caller's frame, so that frames made there next hold nothing old in the words they
/// do not use.
#[inline(never)]
pub fn clear_dead_stack<const WORDS: usize>() {
    let mut words = [0usize; WORDS];
    std::hint::black_box(&mut words);
}

/// Calls `f` with the stack pointer, after every register that a caller may have left a cell pointer in has been written to
/// the stack above it.
#[inline(never)]
pub(crate) fn with_spilled_registers(f: &mut dyn FnMut(*const u8)) {
    let mut registers = [0usize; 20];
    let stack_pointer: *const u8;
    // Only callee-saved registers matter: whatever else was live in a caller was saved by it before the call.
    #[cfg(target_arch = "x86_64")]
    // SAFETY: stores into the array; reads registers.
    unsafe {
        std::arch::asm!(
            "mov [{0}], rbx",
            "mov [{0} + 8], rbp",
            "mov [{0} + 16], r12",
            "mov [{0} + 24], r13",
            "mov [{0} + 32], r14",
            "mov [{0} + 40], r15",
            "mov {1}, rsp",
            in(reg) registers.as_mut_ptr(),
            out(reg) stack_pointer,
            options(nostack, preserves_flags),
        );
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: stores into the array; reads registers. d8-d15 are included because a compiler may keep pointers there.
    unsafe {
        std::arch::asm!(
            "stp x19, x20, [{0}]",
            "stp x21, x22, [{0}, #16]",
            "stp x23, x24, [{0}, #32]",
            "stp x25, x26, [{0}, #48]",
            "stp x27, x28, [{0}, #64]",
            "stp x29, x30, [{0}, #80]",
            "stp d8, d9, [{0}, #96]",
            "stp d10, d11, [{0}, #112]",
            "stp d12, d13, [{0}, #128]",
            "stp d14, d15, [{0}, #144]",
            "mov {1}, sp",
            in(reg) registers.as_mut_ptr(),
            out(reg) stack_pointer,
            options(nostack, preserves_flags),
        );
    }
    f(stack_pointer);
    // Keeps the array in the frame until here.
    std::hint::black_box(&mut registers);
}
