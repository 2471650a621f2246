//! The operating system refuses memory. In a process of its own, because the address-space limit is per process.

mod toy;

use sarus_gc::{Heap, HeapConfig};
use toy::*;

#[cfg(target_os = "linux")]
#[test]
fn the_system_refuses_memory() {
    let heap = Heap::new(
        HeapConfig {
            verify: true,
            ..HeapConfig::default()
        },
        KINDS,
    );
    let mut vec = heap.root_vec();
    // Room for the vector's own growth, which is on the Rust heap.
    vec.try_reserve(4 << 20).expect("memory");
    vec.push(heap.alloc(Pair::new(0)));
    let statm = std::fs::read_to_string("/proc/self/statm").expect("procfs");
    let pages: u64 = statm
        .split(' ')
        .next()
        .and_then(|field| field.parse().ok())
        .expect("a number");
    let limit = libc::rlimit {
        rlim_cur: pages * 4096 + (48 << 20),
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: a plain system call on this test's process.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) }, 0);
    // SAFETY: the size matches the length.
    assert!(unsafe { heap.try_alloc_large(1 << 30, Array::new((1 << 30) / 8 - 2)) }.is_err());
    while !heap.limit_reached() {
        vec.push(heap.alloc(Pair::new(vec.len() as u64)));
    }
    // The reserve: enough for the embedder to notice.
    for _ in 0..1000 {
        vec.push(heap.alloc(Pair::new(vec.len() as u64)));
    }
    assert!(
        vec.iter()
            .enumerate()
            .all(|(index, cell)| cell.value.get() == index as u64)
    );
}
