//! The BigInt cell; its arithmetic is in `bigint_math`.

use crate::kind::{CellKind, Trace};
use num_bigint::BigInt as Big;
use sarus_gc::{Gc, Header, HeapCell, Tracer};

/// The heap cell of a BigInt. Its digits live on the Rust heap and are dropped by the finalizer.
#[repr(C)]
pub struct BigIntCell {
    header: Header,
    value: Big,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as BigIntCell.
unsafe impl HeapCell for BigIntCell {
    const KIND: u8 = CellKind::BigInt as u8;
}

impl Trace for BigIntCell {
    const FINALIZE: bool = true;
    fn trace(&self, _: &mut Tracer) {}
}

/// A BigInt value.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct BigInt(pub(crate) Gc<BigIntCell>);

impl BigIntCell {
    pub(crate) fn new(value: Big) -> BigIntCell {
        BigIntCell {
            header: Header::new(Self::KIND),
            value,
        }
    }
    /// Bytes of the digits, rounded down: those of everyday numbers do not count.
    #[inline]
    pub(crate) fn external_bytes(&self) -> usize {
        (self.value.bits() / 1024) as usize * 128
    }
}

impl Drop for BigIntCell {
    fn drop(&mut self) {
        sarus_gc::external_freed(self.external_bytes());
    }
}

impl BigInt {
    /// The mathematical value. The reference is good as long as `self` is on the stack.
    pub fn value(&self) -> &Big {
        &self.0.value
    }
}
