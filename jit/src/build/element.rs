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

/// Int32Array.
pub(super) const INT32: u8 = 5;
/// Uint8ClampedArray.
const CLAMPED: u8 = 2;
/// The first of the types of BigInts, and their number.
const BIGINTS: (i32, i32) = (7, 2);

impl Builder<'_> {
    /// The element type of the typed arrays seen at the current instruction, if it was one.
    fn element_type(&self) -> Option<u8> {
        let pc = self.at().pc as usize;
        match self.function().feedback.get(pc + 1) {
            None | Some(0 | 255) => None,
            Some(t) => (t & !element::LARGE).checked_sub(1),
        }
    }

    /// Whether an element of a typed array is expected to be no int32 at the current instruction.
    fn may_be_large(&self) -> bool {
        let pc = self.at().pc as usize;
        let seen = self.function().feedback.get(pc + 1);
        seen.is_some_and(|t| t & element::LARGE != 0) || self.has_exited(Reason::Overflow)
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

    /// A typed array of that element type, checked.
    fn typed_array(&mut self, o: NodeId, element_type: u8) -> NodeId {
        let layout = self.snapshot.layout.clone();
        let o = self.of_kind(o, layout.kinds.typed_array);
        let t = self.emit(
            NodeOp::Load(Mem::U8, layout.offsets.typed_type, Loc::Immutable),
            &[o],
        );
        let wanted = self.int_constant(i32::from(element_type));
        let is = self.emit(NodeOp::IntCmp(Cond::Eq), &[t, wanted]);
        self.check(NodeOp::CheckIs(true), &[is], Reason::WrongKind);
        o
    }

    fn typed_data(&mut self, o: NodeId) -> NodeId {
        let offset = self.snapshot.layout.offsets.typed_data;
        self.emit(NodeOp::Load(Mem::Ptr, offset, Loc::Typed), &[o])
    }

    /// Data pointer and checked index of a typed array of that element type.
    pub(super) fn typed_place(
        &mut self,
        o: NodeId,
        key: NodeId,
        element_type: u8,
    ) -> (NodeId, NodeId) {
        let o = self.typed_array(o, element_type);
        let key = self.int(key);
        let length = self.typed_length(o);
        let key = self.check(NodeOp::CheckBounds, &[key, length], Reason::OutOfBounds);
        (self.typed_data(o), key)
    }

    /// Whether typed arrays of several types were seen, or of one that has no access in place.
    fn several_types(&self) -> bool {
        let surprised = [Reason::NotObject, Reason::WrongValue];
        self.typed().is_none()
            && !self.typed_beyond()
            && !surprised.iter().any(|r| self.has_exited(*r))
    }

    /// A typed array of numbers and an index in its bounds.
    fn any_typed(&mut self, o: NodeId, key: NodeId) -> (NodeId, NodeId) {
        let layout = self.snapshot.layout.clone();
        let o = self.of_kind(o, layout.kinds.typed_array);
        let t = self.emit(
            NodeOp::Load(Mem::U8, layout.offsets.typed_type, Loc::Immutable),
            &[o],
        );
        let (first, count) = (self.int_constant(BIGINTS.0), self.int_constant(BIGINTS.1));
        let t = self.emit(NodeOp::Bit(BitOp::Sub), &[t, first]);
        let is = self.emit(NodeOp::UintCmp(Cond::Lt), &[t, count]);
        self.check(NodeOp::CheckIs(false), &[is], Reason::WrongValue);
        let key = self.int(key);
        let length = self.check(NodeOp::TypedLength, &[o], Reason::WrongValue);
        let key = self.check(NodeOp::CheckBounds, &[key, length], Reason::OutOfBounds);
        (o, key)
    }

    /// Whether accesses beyond the end of typed arrays were seen.
    fn typed_beyond(&self) -> bool {
        self.feedback() & element::OUTSIDE != 0 || self.has_exited(Reason::OutOfBounds)
    }

    /// An element of a typed array as a number.
    fn load_typed(&mut self, data: NodeId, key: NodeId, (mem, unsigned): (Mem, bool)) -> NodeId {
        let v = self.emit(NodeOp::LoadIndexed(mem, 0, Loc::Bytes), &[data, key]);
        if unsigned && !self.may_be_large() {
            self.check(NodeOp::CheckUint, &[v], Reason::Overflow)
        } else if unsigned {
            self.emit(NodeOp::UintToFloat, &[v])
        } else {
            v
        }
    }

    /// An access of a typed array that may be beyond its end: `inside` makes a value in bounds, which is `undefined` else.
    fn typed_or_beyond(
        &mut self,
        o: NodeId,
        key: NodeId,
        element_type: u8,
        inside: impl FnOnce(&mut Self, NodeId, NodeId) -> Option<NodeId>,
    ) -> Option<NodeId> {
        let o = self.typed_array(o, element_type);
        let key = self.int(key);
        let length = self.typed_length(o);
        let data = self.typed_data(o);
        let within = self.emit(NodeOp::UintCmp(Cond::Lt), &[key, length]);
        let state = self.current_state();
        let v = self.either(within, |b| inside(b, data, key), |b| Some(b.undefined()));
        self.state = v.map(|_| state);
        v
    }

    /// What the access at the current instruction saw besides dense elements, and whether what it would be compiled for by
    /// that alone is too little.
    fn elements_seen(&self) -> (u8, bool) {
        let seen = self.feedback();
        let rest = seen & !element::DENSE;
        let mixed = seen & element::DENSE != 0 && rest & element::TYPED != 0;
        let wrong_kind = self.has_exited(Reason::WrongKind) || self.has_exited(Reason::NotObject);
        (rest, wrong_kind || mixed)
    }

    /// The length of a typed array.
    pub(super) fn typed_length(&mut self, o: NodeId) -> NodeId {
        self.check(NodeOp::TypedLength, &[o], Reason::WrongKind)
    }

    /// GetElem, GetElemRef.
    pub(super) fn visit_get_elem(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (object, key) = (self.read(o[1] as u32)?, self.read(o[2] as u32)?);
        let (seen, wrong_kind) = self.elements_seen();
        let v = match seen {
            element::PROXY => self.load_element_by_trap(at, object, key)?,
            element::TYPED if wrong_kind && self.typed().is_some() => {
                return self.get_either(at, object, key);
            }
            _ if seen & !element::OUTSIDE == element::TYPED
                && !wrong_kind
                && let Some((t, how)) = self.typed() =>
            {
                if self.typed_beyond() {
                    let load = |b: &mut Self, data, key| Some(b.load_typed(data, key, how));
                    match self.typed_or_beyond(object, key, t, load) {
                        Some(v) => v,
                        None => return self.general(at),
                    }
                } else {
                    let (data, key) = self.typed_place(object, key, t);
                    self.load_typed(data, key, how)
                }
            }
            element::TYPED if self.several_types() => {
                let (o, key) = self.any_typed(object, key);
                self.emit(NodeOp::Call(Helper::TypedLoad), &[o, key])
            }
            _ if seen & element::NAMED != 0 => self.load_element_by_table(at, object, key)?,
            _ if self.has_exited(Reason::NotInt) || self.has_exited(Reason::NotString) => {
                return self.general(at);
            }
            _ if seen & !element::OUTSIDE == element::STRING => {
                match self.string_element(object, key) {
                    Some(v) => v,
                    None => return self.general(at),
                }
            }
            0 if !wrong_kind
                && !self.has_exited(Reason::Hole)
                && !self.has_exited(Reason::OutOfBounds) =>
            {
                let key = self.int(key);
                self.load_dense(object, key, Reason::WrongKind)
            }
            0 | element::OUTSIDE if !wrong_kind => match self.load_or_undefined(object, key) {
                Some(v) => v,
                None => return self.general(at),
            },
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

    /// The element of an object with dense elements, `undefined` where there is none: prototypes have none either.
    fn load_or_undefined(&mut self, object: NodeId, key: NodeId) -> Option<NodeId> {
        let object = match self.check_all_no_elements() {
            Some(()) => object,
            None => {
                self.check_no_elements()?;
                self.of_kind(object, self.snapshot.layout.kinds.array)
            }
        };
        let key = self.int(key);
        let key = self.check(NodeOp::CheckUint, &[key], Reason::NotInt);
        let elements = self.dense_elements(object, Reason::WrongKind);
        let n = self.capacity(elements);
        let inside = self.emit(NodeOp::UintCmp(Cond::Lt), &[key, n]);
        self.element_or_undefined(elements, key, inside)
    }

    /// An element where it is `inside`; `undefined` for a hole and elsewhere.
    pub(super) fn element_or_undefined(
        &mut self,
        elements: NodeId,
        index: NodeId,
        inside: NodeId,
    ) -> Option<NodeId> {
        let values = self.snapshot.layout.offsets.values;
        self.either_pure(
            inside,
            |b| {
                let load = NodeOp::LoadIndexed(Mem::Value, values, Loc::Element);
                let v = b.emit(load, &[elements, index]);
                Some(b.emit(NodeOp::HoleToUndefined, &[v]))
            },
            |b| Some(b.undefined()),
        )
    }

    /// GetElem where both typed arrays of one type and dense elements were seen.
    fn get_either(&mut self, at: &Instruction, object: NodeId, key: NodeId) -> Result<(), Decline> {
        let typed = self.typed().filter(|(_, (_, unsigned))| !unsigned);
        let Some((t, (mem, _))) = typed.filter(|_| !self.is_too_mixed()) else {
            return self.general(at);
        };
        let key = self.int(key);
        let (object, is) = self.is_typed(object);
        let v = self.either_pure(
            is,
            |b| {
                let (data, i) = b.typed_place(object, key, t);
                Some(b.emit(NodeOp::LoadIndexed(mem, 0, Loc::Bytes), &[data, i]))
            },
            |b| Some(b.load_dense(object, key, Reason::NotObject)),
        );
        if let Some(v) = v {
            self.write(at.operands()[0] as u32, v);
        }
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
        let (object, is) = self.is_typed(object);
        self.either(
            is,
            |b| {
                let (data, i) = b.typed_place(object, key, t);
                let raw = match mem.rep() {
                    Rep::Float64 => b.float(v),
                    _ => b.truncated(v),
                };
                b.emit(NodeOp::StoreIndexed(mem, 0, Loc::Bytes), &[data, i, raw]);
                None
            },
            |b| {
                b.store_dense(object, key, v, Reason::NotObject);
                None
            },
        );
        Ok(())
    }

    /// Whether even two ways were not enough.
    fn is_too_mixed(&self) -> bool {
        self.has_exited(Reason::NotObject) || self.has_exited(Reason::Hole)
    }

    /// Whether the object, which is a cell, is a typed array.
    fn is_typed(&mut self, object: NodeId) -> (NodeId, NodeId) {
        let object = self.cell(object, Reason::NotObject);
        let kind = self.snapshot.layout.kinds.typed_array;
        let is = self.emit(NodeOp::Is(Test::Kind(kind)), &[object]);
        (object, is)
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
        let (seen, wrong_kind) = self.elements_seen();
        match seen {
            element::PROXY => self.store_element_by_trap(at, object, key, v),
            element::TYPED if wrong_kind && self.typed().is_some() => {
                self.set_either(at, object, key, v)
            }
            _ if seen & !element::OUTSIDE == element::TYPED
                && !wrong_kind
                && let Some((t, (mem, _))) = self.typed() =>
            {
                let v = self.element_value(t, mem, v);
                if self.typed_beyond() {
                    self.typed_or_beyond(object, key, t, |b, data, key| {
                        b.emit(NodeOp::StoreIndexed(mem, 0, Loc::Bytes), &[data, key, v]);
                        None
                    });
                } else {
                    let (data, key) = self.typed_place(object, key, t);
                    self.emit(NodeOp::StoreIndexed(mem, 0, Loc::Bytes), &[data, key, v]);
                }
                Ok(())
            }
            element::TYPED if self.several_types() => {
                let v = self.float(v);
                let (o, key) = self.any_typed(object, key);
                self.emit(NodeOp::Call(Helper::TypedStore), &[o, key, v]);
                Ok(())
            }
            0 if !wrong_kind => {
                let key = self.int(key);
                self.store_dense(object, key, v, Reason::WrongKind);
                Ok(())
            }
            element::OUTSIDE if !wrong_kind => self.store_or_append(object, key, v),
            _ if seen & element::NAMED != 0 => self.store_by_table(at, object, key, v),
            _ => self.general(at),
        }
    }

    /// A value as typed arrays of that type store it.
    fn element_value(&mut self, element_type: u8, mem: Mem, v: NodeId) -> NodeId {
        if mem.rep() == Rep::Float64 {
            return self.float(v);
        }
        if element_type != CLAMPED {
            return self.truncated(v);
        }
        let (low, high) = (self.int_constant(0), self.int_constant(255));
        if self.is_int(v) || !self.is_number(v) && !self.has_exited(Reason::NotInt) {
            let v = self.int(v);
            let v = self.emit(NodeOp::Bit(BitOp::Max), &[v, low]);
            return self.emit(NodeOp::Bit(BitOp::Min), &[v, high]);
        }
        // Ties go to the even neighbour, NaN becomes 0.
        let v = self.float(v);
        let (low, high) = (self.float_constant(0.0), self.float_constant(255.0));
        let v = self.emit(NodeOp::FloatArith(FloatOp::Max), &[v, low]);
        let v = self.emit(NodeOp::FloatArith(FloatOp::Min), &[v, high]);
        let v = self.emit(NodeOp::FloatUnary(FloatUnary::Nearest), &[v]);
        self.emit(NodeOp::FloatToInt, &[v])
    }

    pub(super) fn store_element(&mut self, elements: NodeId, key: NodeId, v: NodeId) {
        let values = self.snapshot.layout.offsets.values;
        let store = NodeOp::StoreIndexed(Mem::Value, values, Loc::Element);
        self.emit(store, &[elements, key, v]);
        self.barrier(elements, v);
    }

    /// Stores to an element of an array that is a hole, if no prototype can have a setter for it. On success what is no array
    /// waits, else nothing has changed.
    fn fill_hole(
        &mut self,
        object: NodeId,
        elements: NodeId,
        key: NodeId,
        v: NodeId,
        state: StateId,
    ) -> bool {
        self.state = Some(state);
        if self.check_no_elements().is_none() {
            return false;
        }
        let layout = self.snapshot.layout.clone();
        let is = self.emit(NodeOp::Is(Test::Kind(layout.kinds.array)), &[object]);
        let (array, other) = self.branch(is);
        self.waiting.push((other, self.info.clone()));
        self.open(array);
        let offset = layout.offsets.array_length;
        let n = self.emit(NodeOp::Load(Mem::I32, offset, Loc::Length), &[object]);
        self.store_element(elements, key, v);
        // Lengths are unsigned; indices below the capacity are far from overflowing.
        let one = self.int_constant(1);
        let more = self.emit(NodeOp::Bit(BitOp::Add), &[key, one]);
        let beyond = self.emit(NodeOp::UintCmp(Cond::Ge), &[key, n]);
        self.either(
            beyond,
            |b| {
                let store = NodeOp::Store(Mem::I32, offset, Loc::Length);
                b.emit(store, &[object, more]);
                None
            },
            |_| None,
        );
        true
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
        self.info = info.clone();
        self.open(absent);
        let rest = if self.fill_hole(object, elements, key, v, state) {
            self.arm(&mut arms, None);
            self.waiting.pop().map(|(other, _)| other)
        } else {
            self.block.take()
        };
        for block in rest.into_iter().chain([no]) {
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
