//! Bounds of the native stack of the current thread.

/// Bytes kept free below the limit for functions that do not check.
const RESERVE: usize = 192 << 10;

/// The lowest address that recursive Rust code may reach on this thread.
#[cfg(target_os = "linux")]
pub fn limit() -> usize {
    // SAFETY: the attribute object is initialized by pthread_getattr_np before it is read and is
    // destroyed afterwards; both calls get valid pointers.
    unsafe {
        let mut attr: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attr) != 0 {
            return fallback();
        }
        let mut low: *mut libc::c_void = std::ptr::null_mut();
        let mut size = 0usize;
        let ok = libc::pthread_attr_getstack(&attr, &mut low, &mut size) == 0;
        libc::pthread_attr_destroy(&mut attr);
        if !ok {
            return fallback();
        }
        // The main thread's stack grows on demand: never count on more than 7 MiB of it.
        let here = &size as *const usize as usize;
        let low = (low as usize).max(here.saturating_sub(7 << 20));
        low + RESERVE
    }
}

/// The lowest address that recursive Rust code may reach on this thread.
#[cfg(not(target_os = "linux"))]
pub fn limit() -> usize {
    fallback()
}

fn fallback() -> usize {
    let here = 0u8;
    (&here as *const u8 as usize).saturating_sub(1 << 20) + RESERVE
}
