//! `for-of` and destructuring over arrays without iterator objects.

use super::Builder;
use super::types::Types;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::value;
use crate::snapshot::{Reason, Site};
use sarus_bytecode::decode::Instruction;

impl Builder<'_> {
    /// IteratorStep. In fast mode the record is the array, the hole, and the next index.
    pub(super) fn visit_iterator_step(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (dst, base) = (o[0] as u32, o[1] as u32);
        let slow = [
            Reason::WrongKind,
            Reason::Hole,
            Reason::NotInt,
            Reason::OutOfBounds,
        ];
        if let Site::Steps { seen } = *self.site(o[2]) {
            return self.step_seen(at, seen);
        }
        if slow.iter().any(|r| self.has_exited(*r)) {
            return self.general_jump(at);
        }
        let array = self.read(base)?;
        let method = self.read(base + 1)?;
        let index = self.read(base + 2)?;
        let method = self.tagged(method);
        let fast = self.emit(NodeOp::Is(Test::Hole), &[method]);
        self.check(NodeOp::CheckIs(true), &[fast], Reason::WrongKind);
        let array = self.tagged(array);
        let index = self.int(index);
        let layout = self.snapshot.layout.clone();
        // In fast mode the object is an array: its kind need not be asked.
        let length = self.emit(
            NodeOp::Load(Mem::I32, layout.offsets.array_length, Loc::Length),
            &[array],
        );
        let more = self.emit(NodeOp::UintCmp(Cond::Lt), &[index, length]);
        let (target, next) = (self.target(at), self.fallthrough());
        let state = self.current_state();
        let (yes, no) = self.branch(more);
        let info = self.info.clone();
        let env = self.context.env.clone();
        self.open(no);
        let undefined = self.undefined();
        self.write(base, undefined);
        self.goto(target);
        self.context.env = env;
        self.info = info;
        self.open(yes);
        self.state = Some(state);
        self.check(NodeOp::CheckDense, &[array], Reason::WrongKind);
        let elements = self.emit(
            NodeOp::Load(Mem::Ptr, layout.offsets.elements, Loc::ElementsPtr),
            &[array],
        );
        let capacity = self.emit(
            NodeOp::Load(Mem::I32, layout.offsets.capacity, Loc::Immutable),
            &[elements],
        );
        let i = self.check(NodeOp::CheckBounds, &[index, capacity], Reason::OutOfBounds);
        let v = self.emit(
            NodeOp::LoadIndexed(Mem::Value, layout.offsets.values, Loc::Element),
            &[elements, i],
        );
        let v = self.check(NodeOp::CheckNotHole, &[v], Reason::Hole);
        let one = self.int_constant(1);
        // Below the length, so that it cannot overflow.
        let following = self.emit(NodeOp::Bit(BitOp::Add), &[index, one]);
        self.write(base + 2, following);
        self.write(dst, v);
        self.goto(next);
        Ok(())
    }

    /// IteratorStep where only generators were seen: they give their values without result objects.
    pub(super) fn step_generator(&mut self, at: &Instruction) -> Result<(), Decline> {
        let base = at.operands()[1] as u32;
        let iterator = self.read(base)?;
        let next = self.read(base + 1)?;
        let (iterator, next) = (self.tagged(iterator), self.tagged(next));
        self.enter_frames();
        let fp = self.emit(NodeOp::FramePtr(self.context.base), &[]);
        let v = self.emit(NodeOp::Call(Helper::StepGenerator), &[fp, iterator, next]);
        self.leave_frames();
        self.finish_step(at, v, |_| vec![v])
    }

    /// GetIterator: of plain arrays whose iteration runs no code of the program, the array itself.
    pub(super) fn visit_get_iterator(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (v, base) = (self.read(o[0] as u32)?, o[1] as u32);
        let slow = [Reason::WrongShape, Reason::NotObject, Reason::InvalidChain];
        if self.snapshot.iteration.is_none()
            || !self.function().same_realm
            || self.feedback() != 0
            || slow.iter().any(|r| self.has_exited(*r))
        {
            return self.general(at);
        }
        let array = self.cell(v, Reason::NotObject);
        self.check_shapes(array, &[self.snapshot.array_shape]);
        self.check_iteration();
        let hole = self.emit(NodeOp::Const(value::HOLE), &[]);
        let zero = self.int_constant(0);
        self.write(base, array);
        self.write(base + 1, hole);
        self.write(base + 2, zero);
        Ok(())
    }

    /// Exits if the iteration of plain arrays runs code of the program; false if it is not known what to check.
    pub(super) fn check_iteration(&mut self) -> bool {
        let Some(protocol) = self.snapshot.iteration.clone() else {
            return false;
        };
        for cell in [protocol.array_validity, protocol.iterator_validity] {
            self.graph.cells.push(cell);
            self.check(NodeOp::CheckValid(cell), &[], Reason::InvalidChain);
        }
        for (place, bits) in [protocol.values, protocol.next] {
            let place = self.cell_address(place);
            let method = self.emit(NodeOp::Load(Mem::Value, 0, Loc::Proto), &[place]);
            self.graph.cells.push(bits);
            self.check(NodeOp::CheckValue(bits), &[method], Reason::InvalidChain);
        }
        true
    }

    /// Whether a record is in fast mode for certain: its array was seen where the pattern began.
    fn is_fast(&mut self, base: u32) -> Result<bool, Decline> {
        let method = self.read(base + 1)?;
        Ok(self.constant_bits(method) == Some(value::HOLE))
    }

    /// IteratorNextOrUndefined: of arrays that are long enough.
    pub(super) fn visit_iterator_next(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (dst, base) = (o[0] as u32, o[1] as u32);
        let slow = [
            Reason::WrongKind,
            Reason::NotObject,
            Reason::Hole,
            Reason::NotInt,
            Reason::OutOfBounds,
        ];
        let record = self.read(base)?;
        if slow.iter().any(|r| self.has_exited(*r))
            || !self.is_fast(base)?
            || !self.types(record).meets(Types::OBJECT)
        {
            return self.general(at);
        }
        let index = self.read(base + 2)?;
        let array = self.tagged(record);
        if !self.types(array).within(Types::OBJECT) {
            self.check(NodeOp::CheckObject, &[array], Reason::NotObject);
            self.refine(array, Types::OBJECT);
        }
        let index = self.int(index);
        let offset = self.snapshot.layout.offsets.array_length;
        let length = self.emit(NodeOp::Load(Mem::I32, offset, Loc::Length), &[array]);
        let i = self.check(NodeOp::CheckBounds, &[index, length], Reason::OutOfBounds);
        let v = self.load_dense(array, i, Reason::WrongKind);
        let one = self.int_constant(1);
        let following = match self.constant_int(index) {
            Some(known) => self.int_constant(known.wrapping_add(1)),
            // Below the length, so that it cannot overflow.
            None => self.emit(NodeOp::Bit(BitOp::Add), &[index, one]),
        };
        self.write(base + 2, following);
        self.write(dst, v);
        Ok(())
    }

    /// IteratorClose: in fast mode there is nothing to close.
    pub(super) fn visit_iterator_close(&mut self, at: &Instruction) -> Result<(), Decline> {
        let base = at.operands()[0] as u32;
        let record = self.read(base)?;
        let done = self.constant_bits(record) == Some(value::UNDEFINED);
        if !done && !self.is_fast(base)? {
            return self.general(at);
        }
        let undefined = self.undefined();
        self.write(base, undefined);
        Ok(())
    }
}
