//! Atomics on elements of Int32Arrays. Other arrays and operands that are no numbers are left to calls.

use super::Builder;
use super::call::CallSite;
use super::element::INT32;
use crate::graph::*;
use crate::helpers::Builtin;
use crate::snapshot::Reason;

fn operation(builtin: Builtin) -> Option<AtomicOp> {
    Some(match builtin {
        Builtin::AtomicsLoad => AtomicOp::Load,
        Builtin::AtomicsStore => AtomicOp::Store,
        Builtin::AtomicsAdd => AtomicOp::Add,
        Builtin::AtomicsSub => AtomicOp::Sub,
        Builtin::AtomicsAnd => AtomicOp::And,
        Builtin::AtomicsOr => AtomicOp::Or,
        Builtin::AtomicsXor => AtomicOp::Xor,
        Builtin::AtomicsExchange => AtomicOp::Exchange,
        Builtin::AtomicsCompareExchange => AtomicOp::CompareExchange,
        _ => return None,
    })
}

impl Builder<'_> {
    /// A call of a function of Atomics.
    pub(super) fn atomic_builtin(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        let op = operation(builtin)?;
        let operands = match op {
            AtomicOp::Load => 0,
            AtomicOp::CompareExchange => 2,
            _ => 1,
        };
        let (&array, &index) = (site.args.first()?, site.args.get(1)?);
        let operands = site.args.get(2..2 + operands)?;
        let surprised = [
            Reason::NotObject,
            Reason::WrongValue,
            Reason::OutOfBounds,
            Reason::Inexact,
        ];
        if surprised.iter().any(|r| self.has_exited(*r)) {
            return None;
        }
        let (data, index) = self.typed_place(array, index, INT32);
        let mut inputs = vec![data, index];
        for &v in operands {
            // A store gives the number that it got.
            inputs.push(match op {
                AtomicOp::Store => self.int(v),
                _ => self.truncated(v),
            });
        }
        let v = self.emit(NodeOp::Atomic(op), &inputs);
        if op != AtomicOp::Load {
            // What follows may not go back to before the change.
            self.state = None;
        }
        Some(v)
    }
}
