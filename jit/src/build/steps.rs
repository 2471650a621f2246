//! `for-of` over the iterators of Maps, Sets, strings, array-likes and generators: steps without result objects.
//!
//! A Map's or Set's iterator is a place in a table of entries, and the number of entries in use is 0 in tables that were
//! replaced, so that one comparison says whether the entry at its index may be read:
//!
//! ```text
//! table ── a cell? ── index below `used`? ── key not a hole? ──► key, value; index + 1 ──┐
//!            └──────────────┴───────────────────┴─► SeekEntry ── one more? ──► the same ──┴─► next
//!                                                        └─► end
//! ```
//!
//! Pairs are arrays that are made here, so that they vanish where they are taken apart at once. Other iterators are stepped
//! by helpers, which give the lazy marker for what takes the general way.

use super::Builder;
use super::merge::Edge;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::value;
use crate::snapshot::{Reason, steps};
use sarus_bytecode::decode::Instruction;

/// What a collection's iterator gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    Keys,
    Values,
    Entries,
}

impl Builder<'_> {
    /// IteratorStep where more than plain arrays was seen.
    pub(super) fn step_seen(&mut self, at: &Instruction, seen: u32) -> Result<(), Decline> {
        if seen == steps::GENERATORS {
            return self.step_generator(at);
        }
        if seen & (steps::GENERATORS | steps::OTHERS) != 0 || self.snapshot.array_shape == 0 {
            return self.general_jump(at);
        }
        let slow = [Reason::NotObject, Reason::WrongKind, Reason::WrongValue];
        if slow.iter().any(|r| self.has_exited(*r)) {
            return self.step_native(at);
        }
        let gives = match seen {
            steps::MAP_KEYS => Gives::Keys,
            steps::MAP_VALUES | steps::SET_VALUES => Gives::Values,
            steps::MAP_ENTRIES | steps::SET_ENTRIES => Gives::Entries,
            steps::ARRAY_ENTRIES => return self.step_array_entries(at),
            steps::STRINGS if !self.has_exited(Reason::NotString) => return self.step_string(at),
            _ => return self.step_native(at),
        };
        let set = matches!(seen, steps::SET_VALUES | steps::SET_ENTRIES);
        self.step_collection(at, set, gives)
    }

    /// The iterator of a record, if it is of that kind and has the builtin `next`; exits otherwise.
    fn iterator_of_kind(&mut self, base: u32, kind: u8, next: u64) -> Result<NodeId, Decline> {
        let iterator = self.read(base)?;
        let method = self.read(base + 1)?;
        let iterator = self.of_kind(iterator, kind);
        let native = self.snapshot.layout.kinds.native_function;
        let method = self.of_kind(method, native);
        let offset = self.snapshot.layout.offsets.native_code;
        let code = self.emit(NodeOp::Load(Mem::Ptr, offset, Loc::Immutable), &[method]);
        let known = self.emit(NodeOp::Ptr(next), &[]);
        let same = self.emit(NodeOp::SameBits, &[code, known]);
        self.check(NodeOp::CheckIs(true), &[same], Reason::WrongValue);
        Ok(iterator)
    }

    /// The iterator of a record, if it also gives what was seen (at an offset).
    fn builtin_iterator(
        &mut self,
        base: u32,
        kind: u8,
        next: u64,
        gives: (i32, i32),
    ) -> Result<NodeId, Decline> {
        let iterator = self.iterator_of_kind(base, kind, next)?;
        let (offset, gives) = gives;
        let kind = self.emit(
            NodeOp::Load(Mem::Value, offset, Loc::Immutable),
            &[iterator],
        );
        let bits = value::INT_TAG | gives as u64;
        self.check(NodeOp::CheckValue(bits), &[kind], Reason::WrongValue);
        Ok(iterator)
    }

    /// Goes on where the condition holds; what else comes leaves for the slow way.
    fn or_slow(&mut self, cond: NodeId, wanted: bool, slow: &mut Vec<Edge>) {
        let (then, otherwise) = self.branch(cond);
        let (yes, no) = match wanted {
            true => (then, otherwise),
            false => (otherwise, then),
        };
        let info = self.info.clone();
        self.open(no);
        self.arm(slow, None);
        self.info = info;
        self.open(yes);
    }

    /// A step in a Map's or Set's table.
    fn step_collection(
        &mut self,
        at: &Instruction,
        set: bool,
        gives: Gives,
    ) -> Result<(), Decline> {
        let o = at.operands();
        let (dst, base) = (o[0] as u32, o[1] as u32);
        let layout = self.snapshot.layout.clone();
        let offsets = &layout.offsets;
        let (kind, next) = match set {
            true => (layout.kinds.set_iterator, layout.set_next),
            false => (layout.kinds.map_iterator, layout.map_next),
        };
        let what = (offsets.iterator_kind, gives as i32);
        let iterator = self.builtin_iterator(base, kind, next, what)?;
        let mut slow = Vec::new();
        let load = NodeOp::Load(Mem::Value, offsets.iterator_table, Loc::Iterator);
        let table = self.emit(load, &[iterator]);
        let is = self.emit(NodeOp::Is(Test::Cell), &[table]);
        self.or_slow(is, true, &mut slow);
        let index = self.iterator_index(iterator);
        let load = NodeOp::Load(Mem::I32, offsets.table_used, Loc::Collection);
        let used = self.emit(load, &[table]);
        let below = self.emit(NodeOp::UintCmp(Cond::Lt), &[index, used]);
        self.or_slow(below, true, &mut slow);
        let key = self.entry_word(table, index, set, 0);
        let hole = self.emit(NodeOp::Is(Test::Hole), &[key]);
        self.or_slow(hole, false, &mut slow);
        let found = self.take_entry(iterator, table, index, set, gives, Some(key));
        let mut ready = Vec::new();
        let mut from = vec![self.block];
        self.arm(&mut ready, None);
        self.meet(slow);
        self.is_cold();
        let more = self.emit(NodeOp::Call(Helper::SeekEntry), &[iterator]);
        let zero = self.int_constant(0);
        let done = self.emit(NodeOp::IntCmp(Cond::Eq), &[more, zero]);
        self.end_or_more(at, done);
        let load = NodeOp::Load(Mem::Value, offsets.iterator_table, Loc::Iterator);
        let table = self.emit(load, &[iterator]);
        let index = self.iterator_index(iterator);
        let sought = self.take_entry(iterator, table, index, set, gives, None);
        from.push(self.block);
        self.arm(&mut ready, None);
        self.meet(ready);
        let from: Vec<BlockId> = from.into_iter().flatten().collect();
        let values: Vec<NodeId> = found
            .iter()
            .zip(&sought)
            .filter_map(|(a, b)| Some(self.join(self.block?, &from, &[*a, *b])))
            .collect();
        self.write_stepped(dst, &values)?;
        self.goto(self.fallthrough());
        Ok(())
    }

    /// Says that the open block is seldom run.
    fn is_cold(&mut self) {
        if let Some(block) = self.block {
            self.graph.block_mut(block).cold = true;
        }
    }

    /// Ends the iteration where it is `done`, and opens the block where it goes on.
    fn end_or_more(&mut self, at: &Instruction, done: NodeId) {
        let (env, info) = (self.context.env.clone(), self.info.clone());
        let (end, more) = self.branch(done);
        self.open(end);
        let undefined = self.undefined();
        self.write(at.operands()[1] as u32, undefined);
        let target = self.target(at);
        self.goto(target);
        self.context.env = env;
        self.info = info;
        self.open(more);
    }

    /// Writes what a step gave: a value, or the pair of two.
    fn write_stepped(&mut self, dst: u32, values: &[NodeId]) -> Result<(), Decline> {
        let v = match values {
            [v] => *v,
            pair => {
                let Some(array) = self.new_array(2, 2, pair) else {
                    return Err(Decline::Instruction("a pair without arrays"));
                };
                self.note_list(array, pair.to_vec());
                array
            }
        };
        self.write(dst, v);
        Ok(())
    }

    /// The next index of a collection's iterator.
    fn iterator_index(&mut self, iterator: NodeId) -> NodeId {
        let offset = self.snapshot.layout.offsets.iterator_index;
        let index = self.emit(NodeOp::Load(Mem::Value, offset, Loc::Iterator), &[iterator]);
        self.emit(NodeOp::UntagInt, &[index])
    }

    /// A word of an entry.
    fn entry_word(&mut self, table: NodeId, index: NodeId, set: bool, word: i32) -> NodeId {
        let offset = self.snapshot.layout.offsets.table_entries + 8 * word;
        let stride = self.int_constant(if set { 2 } else { 3 });
        let first = self.emit(NodeOp::Bit(BitOp::Mul), &[index, stride]);
        let load = NodeOp::LoadIndexed(Mem::Value, offset, Loc::Collection);
        self.emit(load, &[table, first])
    }

    /// Reads the entry at an index and moves behind it: what the iterator gives, one value or two.
    fn take_entry(
        &mut self,
        iterator: NodeId,
        table: NodeId,
        index: NodeId,
        set: bool,
        gives: Gives,
        key: Option<NodeId>,
    ) -> Vec<NodeId> {
        let mut values = Vec::new();
        let only_value = gives == Gives::Values && !set;
        if !only_value {
            values.push(match key {
                Some(key) => key,
                None => self.entry_word(table, index, set, 0),
            });
        }
        if !set && gives != Gives::Keys {
            values.push(self.entry_word(table, index, set, 1));
        } else if gives == Gives::Entries {
            values.extend(values.first().copied());
        }
        // Below the number of entries, so that it cannot overflow. An int needs no barrier.
        let one = self.int_constant(1);
        let following = self.emit(NodeOp::Bit(BitOp::Add), &[index, one]);
        let following = self.emit(NodeOp::IntToTagged, &[following]);
        let offset = self.snapshot.layout.offsets.iterator_index;
        let store = NodeOp::Store(Mem::Value, offset, Loc::Iterator);
        self.emit(store, &[iterator, following]);
        values
    }

    /// A step over `array.entries()`: the helper gives the element, the index stands in the iterator.
    fn step_array_entries(&mut self, at: &Instruction) -> Result<(), Decline> {
        let base = at.operands()[1] as u32;
        let layout = self.snapshot.layout.clone();
        let offset = layout.offsets.array_iterator_index;
        let what = (layout.offsets.array_iterator_kind, Gives::Entries as i32);
        let kind = layout.kinds.array_iterator;
        let iterator = self.builtin_iterator(base, kind, layout.array_next, what)?;
        let v = self.emit(NodeOp::Call(Helper::StepElement), &[iterator]);
        self.finish_step(at, v, |b| {
            let load = NodeOp::Load(Mem::Value, offset, Loc::Iterator);
            let following = b.emit(load, &[iterator]);
            let following = b.emit(NodeOp::UntagInt, &[following]);
            let one = b.int_constant(1);
            vec![b.emit(NodeOp::Bit(BitOp::Sub), &[following, one]), v]
        })
    }

    /// A step over a string: code units that are no surrogates in place, the rest and the end by the helper.
    fn step_string(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (dst, base) = (o[0] as u32, o[1] as u32);
        let layout = self.snapshot.layout.clone();
        let offsets = &layout.offsets;
        let kind = layout.kinds.string_iterator;
        let iterator = self.iterator_of_kind(base, kind, layout.string_next)?;
        let next = self.read(base + 1)?;
        let next = self.tagged(next);
        let load = NodeOp::Load(Mem::Value, offsets.string_iterator_string, Loc::Iterator);
        let s = self.emit(load, &[iterator]);
        // Only an iterator that came to its end before has none.
        let s = self.string(s);
        let load = NodeOp::Load(Mem::Value, offsets.string_iterator_index, Loc::Iterator);
        let index = self.emit(load, &[iterator]);
        let index = self.emit(NodeOp::UntagInt, &[index]);
        let length = self.string_length(s);
        let mut slow = Vec::new();
        let below = self.emit(NodeOp::UintCmp(Cond::Lt), &[index, length]);
        self.or_slow(below, true, &mut slow);
        let unit = self.unit_at(s, index);
        let (mask, surrogates) = (self.int_constant(0xf800), self.int_constant(0xd800));
        let plane = self.emit(NodeOp::Bit(BitOp::And), &[unit, mask]);
        let surrogate = self.emit(NodeOp::IntCmp(Cond::Eq), &[plane, surrogates]);
        self.or_slow(surrogate, false, &mut slow);
        let character = self.emit(NodeOp::CharString, &[unit]);
        // Below the length, so that it cannot overflow.
        let one = self.int_constant(1);
        let following = self.emit(NodeOp::Bit(BitOp::Add), &[index, one]);
        let following = self.emit(NodeOp::IntToTagged, &[following]);
        let store = NodeOp::Store(Mem::Value, offsets.string_iterator_index, Loc::Iterator);
        self.emit(store, &[iterator, following]);
        let mut ready = Vec::new();
        self.arm(&mut ready, Some(character));
        self.meet(slow);
        self.is_cold();
        let v = self.emit(NodeOp::Call(Helper::StepNative), &[iterator, next]);
        let done = self.emit(NodeOp::Is(Test::Hole), &[v]);
        self.end_or_more(at, done);
        self.arm(&mut ready, Some(v));
        if let Some(v) = self.meet(ready) {
            self.write(dst, v);
        }
        self.goto(self.fallthrough());
        Ok(())
    }

    /// A step over builtin iterators of several kinds, or of a kind without a way of its own.
    fn step_native(&mut self, at: &Instruction) -> Result<(), Decline> {
        let base = at.operands()[1] as u32;
        let iterator = self.read(base)?;
        let next = self.read(base + 1)?;
        let (iterator, next) = (self.tagged(iterator), self.tagged(next));
        let v = self.emit(NodeOp::Call(Helper::StepNative), &[iterator, next]);
        self.finish_step(at, v, |_| vec![v])
    }

    /// Goes on with the answer of a helper: the general way for the lazy marker, the end for the hole, else the values.
    pub(super) fn finish_step(
        &mut self,
        at: &Instruction,
        v: NodeId,
        values: impl FnOnce(&mut Self) -> Vec<NodeId>,
    ) -> Result<(), Decline> {
        let dst = at.operands()[0] as u32;
        let lazy = self.emit(NodeOp::Const(value::LAZY), &[]);
        let other = self.emit(NodeOp::SameBits, &[v, lazy]);
        let (general, stepped) = self.branch(other);
        let (env, info) = (self.context.env.clone(), self.info.clone());
        self.graph.block_mut(general).cold = true;
        self.open(general);
        self.general_jump(at)?;
        self.context.env = env;
        self.info = info;
        self.open(stepped);
        let done = self.emit(NodeOp::Is(Test::Hole), &[v]);
        self.end_or_more(at, done);
        let values = values(self);
        self.write_stepped(dst, &values)?;
        self.goto(self.fallthrough());
        Ok(())
    }
}
