//! Memory of machine code: chunks of pages that are either writable or executable, never both, cut into blocks.
//!
//! Where the system has anonymous files, the pages of a chunk are mapped twice: where code runs they are never writable, and where it is
//! written never executable. Elsewhere a chunk's pages change their protection, which costs two system calls for every code and,
//! with a compiler on another processor, two interrupts there. Every agent has an arena of its own, so no other thread runs code
//! while a chunk is writable. A block gives its bytes back when it is dropped; a chunk without blocks is unmapped, except for the
//! first.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Size of a chunk; larger codes get one of their own.
const CHUNK: usize = 256 << 10;
/// Blocks begin at multiples of this.
const GRAIN: usize = 32;
const PAGE: usize = 4096;

/// One mapping and what is free in it.
struct Chunk {
    /// Where code runs.
    base: *mut u8,
    /// Where it is written, if not there.
    writable: Option<*mut u8>,
    size: usize,
    /// Offset → length, neighbours merged.
    free: BTreeMap<usize, usize>,
}

impl Chunk {
    fn new(size: usize) -> Option<Chunk> {
        let (base, writable) = match map_twice(size) {
            Some((base, writable)) => (base, Some(writable)),
            None => {
                let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
                let protection = libc::PROT_READ | libc::PROT_EXEC;
                (map(size, protection, flags, -1)?, None)
            }
        };
        Some(Chunk {
            base,
            writable,
            size,
            free: BTreeMap::from([(0, size)]),
        })
    }

    /// Takes `size` bytes (a multiple of the grain) out of the first free range that has them.
    fn take(&mut self, size: usize) -> Option<usize> {
        let (&offset, &length) = self.free.iter().find(|(_, length)| **length >= size)?;
        self.free.remove(&offset);
        if length > size {
            self.free.insert(offset + size, length - size);
        }
        Some(offset)
    }

    fn give_back(&mut self, offset: usize, size: usize) {
        let (mut offset, mut size) = (offset, size);
        if let Some((&before, &length)) = self.free.range(..offset).next_back()
            && before + length == offset
        {
            self.free.remove(&before);
            offset = before;
            size += length;
        }
        if let Some(length) = self.free.remove(&(offset + size)) {
            size += length;
        }
        self.free.insert(offset, size);
    }

    fn is_free(&self) -> bool {
        self.free.get(&0) == Some(&self.size)
    }

    /// Copies `code` to `offset`; false if the system does not let us.
    fn write(&mut self, offset: usize, code: &[u8]) -> bool {
        let written = match self.writable {
            Some(writable) => {
                // SAFETY: the range lies in our mapping, and the block belongs to nobody else.
                unsafe { copy(code, writable.add(offset)) };
                true
            }
            None => self.write_in_place(offset, code),
        };
        // SAFETY: the range lies in our mapping.
        flush(unsafe { self.base.add(offset) }, code.len());
        written
    }

    /// The same where the pages are mapped once.
    fn write_in_place(&mut self, offset: usize, code: &[u8]) -> bool {
        let first = offset & !(PAGE - 1);
        let end = (offset + code.len()).next_multiple_of(PAGE).min(self.size);
        // SAFETY: the pages lie in our mapping; the block belongs to nobody else; code on the same pages is not running, because
        // the only thread that runs it is here. The pages are executable again before anything returns to them.
        unsafe {
            let pages = self.base.add(first).cast();
            if libc::mprotect(pages, end - first, libc::PROT_READ | libc::PROT_WRITE) != 0 {
                return false;
            }
            copy(code, self.base.add(offset));
            libc::mprotect(pages, end - first, libc::PROT_READ | libc::PROT_EXEC) == 0
        }
    }
}

/// # Safety
/// As many bytes are writable at `to`, and nobody else's.
unsafe fn copy(code: &[u8], to: *mut u8) {
    // SAFETY: the caller's word.
    unsafe { std::ptr::copy_nonoverlapping(code.as_ptr(), to, code.len()) };
}

/// Maps pages at an address of the system's choice.
fn map(size: usize, protection: i32, flags: i32, file: i32) -> Option<*mut u8> {
    // SAFETY: without MAP_FIXED a mapping replaces nothing.
    let base = unsafe { libc::mmap(std::ptr::null_mut(), size, protection, flags, file, 0) };
    (base != libc::MAP_FAILED).then_some(base.cast())
}

/// Maps the same pages to be executed and to be written: the two addresses. `None` where that is not possible or not allowed.
/// They belong to no file of a name: what is in one `perf` would take for part of a library, and not look up in the map of
/// `--perf-basic-prof`.
#[cfg(target_os = "linux")]
fn map_twice(size: usize) -> Option<(*mut u8, *mut u8)> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let writable = map(size, protection, libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1)?;
    // SAFETY: of shared pages, an old size of 0 asks for another mapping, at an address where there is none.
    let second = unsafe { libc::mremap(writable.cast(), 0, size, libc::MREMAP_MAYMOVE) };
    let made = second != libc::MAP_FAILED;
    // SAFETY: just mapped, and nothing is in it.
    if made && unsafe { libc::mprotect(second, size, libc::PROT_READ | libc::PROT_EXEC) } == 0 {
        return Some((second.cast(), writable));
    }
    for base in [writable.cast(), second]
        .into_iter()
        .take(1 + usize::from(made))
    {
        // SAFETY: just mapped, nothing is in it.
        unsafe { libc::munmap(base, size) };
    }
    None
}

#[cfg(not(target_os = "linux"))]
fn map_twice(_: usize) -> Option<(*mut u8, *mut u8)> {
    None
}

impl Drop for Chunk {
    fn drop(&mut self) {
        for base in [Some(self.base), self.writable].into_iter().flatten() {
            // SAFETY: the mapping is ours; blocks keep the arena and so its chunks in use alive.
            unsafe { libc::munmap(base.cast(), self.size) };
        }
    }
}

/// Makes freshly written code visible to instruction fetch.
#[cfg(target_arch = "aarch64")]
fn flush(start: *mut u8, size: usize) {
    const LINE: usize = 16;
    let first = start as usize & !(LINE - 1);
    let end = start as usize + size;
    // SAFETY: cache maintenance of mapped addresses has no other effect.
    unsafe {
        for line in (first..end).step_by(LINE) {
            std::arch::asm!("dc cvau, {0}", in(reg) line);
        }
        std::arch::asm!("dsb ish");
        for line in (first..end).step_by(LINE) {
            std::arch::asm!("ic ivau, {0}", in(reg) line);
        }
        std::arch::asm!("dsb ish", "isb");
    }
}

/// Instruction caches of this architecture follow stores.
#[cfg(not(target_arch = "aarch64"))]
fn flush(_: *mut u8, _: usize) {}

#[derive(Default)]
struct Arena {
    chunks: Vec<Chunk>,
}

/// The code memory of an agent.
#[derive(Clone, Default)]
pub struct CodeMemory(Rc<RefCell<Arena>>);

impl CodeMemory {
    /// Puts machine code into executable memory; `None` if the system gives none.
    pub fn install(&self, code: &[u8], alignment: usize) -> Option<CodeBlock> {
        // Chunks are page aligned, and nothing asks for more than the grain.
        if alignment > GRAIN {
            return None;
        }
        let size = code.len().max(1).checked_next_multiple_of(GRAIN)?;
        let mut arena = self.0.borrow_mut();
        let found = arena
            .chunks
            .iter_mut()
            .find_map(|c| Some((c.take(size)?, c.base)));
        let (offset, base) = match found {
            Some(found) => found,
            None => {
                let mut chunk = Chunk::new(CHUNK.max(size.checked_next_multiple_of(PAGE)?))?;
                let taken = (chunk.take(size)?, chunk.base);
                arena.chunks.push(chunk);
                taken
            }
        };
        let chunk = arena.chunks.iter_mut().find(|c| c.base == base)?;
        if !chunk.write(offset, code) {
            chunk.give_back(offset, size);
            return None;
        }
        Some(CodeBlock {
            memory: self.clone(),
            base,
            offset,
            size,
        })
    }

    /// Bytes mapped and bytes in use.
    pub fn usage(&self) -> (usize, usize) {
        let arena = self.0.borrow();
        let mapped = arena.chunks.iter().map(|c| c.size).sum::<usize>();
        let free = arena
            .chunks
            .iter()
            .flat_map(|c| c.free.values())
            .sum::<usize>();
        (mapped, mapped - free)
    }
}

/// Executable bytes; dropping it frees them.
pub struct CodeBlock {
    memory: CodeMemory,
    base: *mut u8,
    offset: usize,
    size: usize,
}

impl CodeBlock {
    /// The first byte.
    pub fn address(&self) -> usize {
        self.base as usize + self.offset
    }
    /// Bytes, rounded up.
    pub fn size(&self) -> usize {
        self.size
    }
}

impl Drop for CodeBlock {
    fn drop(&mut self) {
        let mut arena = self.memory.0.borrow_mut();
        let Some(i) = arena.chunks.iter().position(|c| c.base == self.base) else {
            return;
        };
        arena.chunks[i].give_back(self.offset, self.size);
        if i > 0 && arena.chunks[i].is_free() {
            arena.chunks.swap_remove(i);
        }
    }
}

/// Code that stays until this is dropped.
pub struct CodePages(Chunk);

// SAFETY: adding takes the only reference and writes where no code is; but for that, nothing but processors reads the pages, and
// dropping unmaps them on whatever thread.
unsafe impl Send for CodePages {}
// SAFETY: a shared reference gives access to nothing.
unsafe impl Sync for CodePages {}

impl CodePages {
    /// Empty pages; `None` if the system gives none.
    pub fn new() -> Option<CodePages> {
        Chunk::new(CHUNK).map(CodePages)
    }

    /// Whether code can be added while other code in the pages runs.
    pub fn can_grow(&self) -> bool {
        self.0.writable.is_some()
    }

    /// Adds machine code: its address, or `None` if there is no room.
    pub fn add(&mut self, code: &[u8], alignment: usize) -> Option<u64> {
        if alignment > GRAIN {
            return None;
        }
        let size = code.len().max(1).checked_next_multiple_of(GRAIN)?;
        let offset = self.0.take(size)?;
        let written = self.0.write(offset, code);
        written.then(|| self.0.base as u64 + offset as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_reused_and_merged() {
        let memory = CodeMemory::default();
        let a = memory.install(&[0x90; 100], 16).unwrap();
        let b = memory.install(&[0x90; 100], 16).unwrap();
        let c = memory.install(&[0x90; 100], 16).unwrap();
        assert_eq!(memory.usage(), (CHUNK, 3 * 128));
        let (first, second) = (a.address(), b.address());
        assert_ne!(first, second);
        drop(a);
        drop(b);
        let big = memory.install(&[0x90; 256], 16).unwrap();
        assert_eq!(big.address(), first);
        drop(c);
        drop(big);
        assert_eq!(memory.usage(), (CHUNK, 0));
    }

    #[test]
    fn memory_is_bounded_when_code_comes_and_goes() {
        let memory = CodeMemory::default();
        let mut kept = Vec::new();
        for i in 0..10_000 {
            kept.push(memory.install(&vec![0xCC; 200 + i % 3000], 16).unwrap());
            if kept.len() > 20 {
                kept.remove(i % 20);
            }
        }
        assert!(memory.usage().0 <= 2 * CHUNK);
        kept.clear();
        assert_eq!(memory.usage().1, 0);
        let large = memory.install(&vec![0xCC; 2 * CHUNK], 16).unwrap();
        assert!(memory.usage().0 >= 3 * CHUNK);
        drop(large);
        assert!(memory.usage().0 <= 2 * CHUNK);
    }

    /// `perf` looks into the map of `--perf-basic-prof` only for what is in no file of its own.
    #[cfg(target_os = "linux")]
    #[test]
    fn code_is_in_no_named_file() {
        let memory = CodeMemory::default();
        let code = memory.install(&[0xC3], 16).unwrap();
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let holds = |line: &&str| {
            let (range, _) = line.split_once(' ').unwrap();
            let (from, to) = range.split_once('-').unwrap();
            let at = |hex| usize::from_str_radix(hex, 16).unwrap();
            (at(from)..at(to)).contains(&code.address())
        };
        let line = maps.lines().find(holds).unwrap();
        let file = line.split_whitespace().nth(5).unwrap_or("");
        assert!(file.is_empty() || file == "/dev/zero", "{line}");
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn code_runs() {
        // mov eax, 42; ret
        const CODE: [u8; 6] = [0xB8, 42, 0, 0, 0, 0xC3];
        let memory = CodeMemory::default();
        let block = memory.install(&CODE, 16).unwrap();
        let mut once = Chunk {
            base: map(
                PAGE,
                libc::PROT_READ | libc::PROT_EXEC,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
            )
            .unwrap(),
            writable: None,
            size: PAGE,
            free: BTreeMap::new(),
        };
        assert!(once.write(64, &CODE));
        for address in [block.address(), once.base as usize + 64] {
            // SAFETY: the bytes are a function of that type.
            let f = unsafe { std::mem::transmute::<usize, extern "C" fn() -> u32>(address) };
            assert_eq!(f(), 42);
        }
    }
}
