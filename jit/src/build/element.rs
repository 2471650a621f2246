//! Element accesses: dense elements, typed arrays, strings.

use super::Builder;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::snapshot::{Reason, element};
use sarus_bytecode::decode::Instruction;

/// Element types in the order of the runtime's `ElementType`.
fn memory_of(element_type: u8) -> Option<(Mem, bool)> {
    // The flag: unsigned 32 bits.
    Some(match element_type {
        0 => (Mem::I8, false),
        1 | 2 => (Mem::U8, false),
        3 => (Mem::I16, false),
        4 => (Mem::U16, false),
        5 => (Mem::I32, false),
        6 => (Mem::I32, true),
        10 => (Mem::F32, false),
        11 => (Mem::F64, false),
        _ => return None,
    })
}

/// Uint8ClampedArray.
const CLAMPED: u8 = 2;

impl Builder<'_> {
    /// The element type of the typed arrays seen at the current instruction, if it was one.
    fn element_type(&self) -> Option<u8> {
        let pc = self.at().pc as usize;
        match self.function().feedback.get(pc + 1) {
            None | Some(0 | 255) => None,
            Some(t) => Some(t - 1),
        }
    }

    /// Elements pointer of an object with dense elements only.
    pub(super) fn dense_elements(&mut self, o: NodeId, reason: Reason) -> NodeId {
        let o = self.cell(o, Reason::NotObject);
        self.check(NodeOp::CheckDense, &[o], reason);
        let offset = self.snapshot.layout.offsets.elements;
        self.emit(NodeOp::Load(Mem::Ptr, offset, Loc::ElementsPtr), &[o])
    }

    pub(super) fn capacity(&mut self, elements: NodeId) -> NodeId {
        let offset = self.snapshot.layout.offsets.capacity;
        self.emit(NodeOp::Load(Mem::I32, offset, Loc::Immutable), &[elements])
    }

    /// Data pointer and checked index of a typed array of that element type.
    fn typed_place(&mut self, o: NodeId, key: NodeId, element_type: u8) -> (NodeId, NodeId) {
        let layout = self.snapshot.layout.clone();
        let o = self.of_kind(o, layout.kinds.typed_array);
        let t = self.emit(
            NodeOp::Load(Mem::U8, layout.offsets.typed_type, Loc::Immutable),
            &[o],
        );
        let wanted = self.int_constant(i32::from(element_type));
        let is = self.emit(NodeOp::IntCmp(Cond::Eq), &[t, wanted]);
        self.check(NodeOp::CheckIs(true), &[is], Reason::WrongKind);
        let key = self.int(key);
        let length = self.emit(
            NodeOp::Load(Mem::I32, layout.offsets.typed_length, Loc::Typed),
            &[o],
        );
        let key = self.check(NodeOp::CheckBounds, &[key, length], Reason::OutOfBounds);
        let data = self.emit(
            NodeOp::Load(Mem::Ptr, layout.offsets.typed_data, Loc::Typed),
            &[o],
        );
        (data, key)
    }

    /// GetElem, GetElemRef.
    pub(super) fn visit_get_elem(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (object, key) = (self.read(o[1] as u32)?, self.read(o[2] as u32)?);
        let seen = self.feedback();
        let wrong_kind = self.has_exited(Reason::WrongKind) || self.has_exited(Reason::NotObject);
        let v = match seen {
            element::TYPED if wrong_kind => return self.get_either(at, object, key),
            element::TYPED if let Some((t, (mem, unsigned))) = self.typed() => {
                let (data, key) = self.typed_place(object, key, t);
                let v = self.emit(NodeOp::LoadIndexed(mem, 0, Loc::Bytes), &[data, key]);
                if unsigned && !self.has_exited(Reason::Overflow) {
                    self.check(NodeOp::CheckUint, &[v], Reason::Overflow)
                } else if unsigned {
                    self.emit(NodeOp::UintToFloat, &[v])
                } else {
                    v
                }
            }
            element::STRING => {
                let s = self.string(object);
                let key = self.int(key);
                let offset = self.snapshot.layout.offsets.string_length;
                let n = self.emit(NodeOp::Load(Mem::I32, offset, Loc::Immutable), &[s]);
                let key = self.check(NodeOp::CheckBounds, &[key, n], Reason::OutOfBounds);
                self.emit(NodeOp::Call(Helper::CharAt), &[s, key])
            }
            0 if !wrong_kind && !self.has_exited(Reason::Hole) => {
                let key = self.int(key);
                self.load_dense(object, key, Reason::WrongKind)
            }
            _ => return self.general(at),
        };
        self.write(o[0] as u32, v);
        Ok(())
    }

    /// The element of an object with dense elements.
    pub(super) fn load_dense(&mut self, object: NodeId, key: NodeId, reason: Reason) -> NodeId {
        let elements = self.dense_elements(object, reason);
        let n = self.capacity(elements);
        let key = self.check(NodeOp::CheckBounds, &[key, n], Reason::OutOfBounds);
        let values = self.snapshot.layout.offsets.values;
        let v = self.emit(
            NodeOp::LoadIndexed(Mem::Value, values, Loc::Element),
            &[elements, key],
        );
        self.check(NodeOp::CheckNotHole, &[v], Reason::Hole)
    }

    /// GetElem where both typed arrays of one type and dense elements were seen.
    fn get_either(&mut self, at: &Instruction, object: NodeId, key: NodeId) -> Result<(), Decline> {
        let typed = self.typed().filter(|(_, (_, unsigned))| !unsigned);
        let Some((t, (mem, _))) = typed.filter(|_| !self.is_too_mixed()) else {
            return self.general(at);
        };
        let key = self.int(key);
        let (object, state) = self.branch_on_typed(object);
        let mut arms = Vec::new();
        let (data, i) = self.typed_place(object, key, t);
        let v = self.emit(NodeOp::LoadIndexed(mem, 0, Loc::Bytes), &[data, i]);
        self.arm_and_else(&mut arms, Some(v), state);
        let v = self.load_dense(object, key, Reason::NotObject);
        self.arm(&mut arms, Some(v));
        if let Some(v) = self.meet(arms) {
            self.write(at.operands()[0] as u32, v);
        }
        self.state = Some(state);
        Ok(())
    }

    /// SetElem where both typed arrays of one type and dense elements were seen.
    fn set_either(
        &mut self,
        at: &Instruction,
        object: NodeId,
        key: NodeId,
        v: NodeId,
    ) -> Result<(), Decline> {
        let typed = self.typed().filter(|(t, _)| *t != CLAMPED);
        let Some((t, (mem, _))) = typed.filter(|_| !self.is_too_mixed()) else {
            return self.general(at);
        };
        let key = self.int(key);
        let (object, state) = self.branch_on_typed(object);
        let mut arms = Vec::new();
        let (data, i) = self.typed_place(object, key, t);
        let raw = if mem.rep() == Rep::Float64 {
            self.float(v)
        } else {
            self.truncated(v)
        };
        self.emit(NodeOp::StoreIndexed(mem, 0, Loc::Bytes), &[data, i, raw]);
        self.arm_and_else(&mut arms, None, state);
        self.store_dense(object, key, v, Reason::NotObject);
        self.arm(&mut arms, None);
        self.meet(arms);
        self.state = None;
        Ok(())
    }

    /// Whether even two ways were not enough.
    fn is_too_mixed(&self) -> bool {
        self.has_exited(Reason::NotObject) || self.has_exited(Reason::Hole)
    }

    /// Opens the block where the object is a typed array; the other waits.
    fn branch_on_typed(&mut self, object: NodeId) -> (NodeId, StateId) {
        let object = self.cell(object, Reason::NotObject);
        let state = self.current_state();
        let kind = self.snapshot.layout.kinds.typed_array;
        let is = self.emit(NodeOp::Is(Test::Kind(kind)), &[object]);
        let (yes, no) = self.branch(is);
        self.waiting.push((no, self.info.clone()));
        self.open(yes);
        self.state = Some(state);
        (object, state)
    }

    fn store_dense(&mut self, object: NodeId, key: NodeId, v: NodeId, reason: Reason) {
        let v = self.tagged(v);
        let elements = self.dense_elements(object, reason);
        let n = self.capacity(elements);
        let key = self.check(NodeOp::CheckBounds, &[key, n], Reason::OutOfBounds);
        let values = self.snapshot.layout.offsets.values;
        let old = self.emit(
            NodeOp::LoadIndexed(Mem::Value, values, Loc::Element),
            &[elements, key],
        );
        self.check(NodeOp::CheckNotHole, &[old], Reason::Hole);
        self.store_element(elements, key, v);
    }

    fn typed(&self) -> Option<(u8, (Mem, bool))> {
        let t = self.element_type()?;
        Some((t, memory_of(t)?))
    }

    /// SetElem, SetElemSloppy.
    pub(super) fn visit_set_elem(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (object, key) = (self.read(o[0] as u32)?, self.read(o[1] as u32)?);
        let v = self.read(o[2] as u32)?;
        let seen = self.feedback();
        let wrong_kind = self.has_exited(Reason::WrongKind) || self.has_exited(Reason::NotObject);
        match seen {
            element::TYPED if wrong_kind => self.set_either(at, object, key, v),
            element::TYPED if let Some((t, (mem, _))) = self.typed() => {
                let (data, key) = self.typed_place(object, key, t);
                let v = if mem.rep() == Rep::Float64 {
                    self.float(v)
                } else if t == CLAMPED {
                    let v = self.int(v);
                    let (low, high) = (self.int_constant(0), self.int_constant(255));
                    let v = self.emit(NodeOp::Bit(BitOp::Max), &[v, low]);
                    self.emit(NodeOp::Bit(BitOp::Min), &[v, high])
                } else {
                    self.truncated(v)
                };
                self.emit(NodeOp::StoreIndexed(mem, 0, Loc::Bytes), &[data, key, v]);
                Ok(())
            }
            0 if !wrong_kind => {
                let key = self.int(key);
                self.store_dense(object, key, v, Reason::WrongKind);
                Ok(())
            }
            element::OUTSIDE if !wrong_kind => self.store_or_append(object, key, v),
            _ => self.general(at),
        }
    }

    pub(super) fn store_element(&mut self, elements: NodeId, key: NodeId, v: NodeId) {
        let values = self.snapshot.layout.offsets.values;
        self.emit(NodeOp::Barrier, &[elements]);
        self.emit(
            NodeOp::StoreIndexed(Mem::Value, values, Loc::Element),
            &[elements, key, v],
        );
    }

    /// A store to a dense element, or beyond them by the runtime.
    fn store_or_append(&mut self, object: NodeId, key: NodeId, v: NodeId) -> Result<(), Decline> {
        let key = self.int(key);
        let v = self.tagged(v);
        let object = self.tagged(object);
        let elements = self.dense_elements(object, Reason::WrongKind);
        let n = self.capacity(elements);
        let state = self.current_state();
        let mut arms = Vec::new();
        let inside = self.emit(NodeOp::UintCmp(Cond::Lt), &[key, n]);
        let (yes, no) = self.branch(inside);
        let info = self.info.clone();
        self.open(yes);
        let values = self.snapshot.layout.offsets.values;
        let old = self.emit(
            NodeOp::LoadIndexed(Mem::Value, values, Loc::Element),
            &[elements, key],
        );
        let hole = self.emit(NodeOp::Is(Test::Hole), &[old]);
        let (absent, there) = self.branch(hole);
        self.open(there);
        self.store_element(elements, key, v);
        self.arm(&mut arms, None);
        for block in [absent, no] {
            self.info = info.clone();
            self.open(block);
            let done = self.emit(NodeOp::Call(Helper::StoreElementSlow), &[object, key, v]);
            // Nothing was done if it could not be.
            self.state = Some(state);
            self.check(NodeOp::CheckIs(true), &[done], Reason::WrongKind);
            self.arm(&mut arms, None);
        }
        self.meet(arms);
        self.state = None;
        Ok(())
    }
}
