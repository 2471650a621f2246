//! Memory of machine code: chunks of pages that are either writable or executable, never both, cut into blocks.
//!
//! Every agent has an arena of its own, so no other thread runs code while a chunk is writable. A block gives its bytes back
//! when it is dropped; a chunk without blocks is unmapped, except for the first.

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
    base: *mut u8,
    size: usize,
    /// Offset → length, neighbours merged.
    free: BTreeMap<usize, usize>,
}

impl Chunk {
    fn new(size: usize) -> Option<Chunk> {
        // SAFETY: an anonymous private mapping at an address of the system's choice.
        let base = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                size,
                libc::PROT_READ | libc::PROT_EXEC,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if base == libc::MAP_FAILED {
            return None;
        }
        Some(Chunk {
            base: base.cast(),
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
        let first = offset & !(PAGE - 1);
        let end = (offset + code.len()).next_multiple_of(PAGE).min(self.size);
        // SAFETY: the pages lie in our mapping; the block belongs to nobody else; code on the same pages is not running, because
        // the only thread that runs it is here. The pages are executable again before anything returns to them.
        unsafe {
            let pages = self.base.add(first).cast();
            if libc::mprotect(pages, end - first, libc::PROT_READ | libc::PROT_WRITE) != 0 {
                return false;
            }
            let to = self.base.add(offset);
            std::ptr::copy_nonoverlapping(code.as_ptr(), to, code.len());
            let ok = libc::mprotect(pages, end - first, libc::PROT_READ | libc::PROT_EXEC) == 0;
            flush(to, code.len());
            ok
        }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours; blocks keep the arena and so its chunks in use alive.
        unsafe { libc::munmap(self.base.cast(), self.size) };
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

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn code_runs() {
        let memory = CodeMemory::default();
        // mov eax, 42; ret
        let block = memory.install(&[0xB8, 42, 0, 0, 0, 0xC3], 16).unwrap();
        // SAFETY: the bytes are a function of that type.
        let f = unsafe { std::mem::transmute::<usize, extern "C" fn() -> u32>(block.address()) };
        assert_eq!(f(), 42);
    }
}
