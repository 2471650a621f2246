//! Strings and typed arrays: code units in place, one-character strings, equality, lengths.
//!
//! ```text
//! string: header | length u32 | hash u32 | flat: units      rope: left, right      slice: base, offset
//! ```
//!
//! What a string is made of never changes but for ropes, which become slices when someone looks into them. So the address of
//! the first unit, once known, stays; it points into a cell, which keeps that alive.

use super::{Lower, MEM, broken};
use crate::Decline;
use crate::graph::{NodeOp, Rep};
use crate::helpers::Helper;
use crate::layout::{header, string, value};
use crate::snapshot::Reason;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Type, Value, types};

/// Code units below this have strings of their own that exist already.
const CACHED_UNITS: i64 = 256;

impl Lower<'_> {
    pub(super) fn string_node(&mut self) -> Result<Value, Decline> {
        match self.node.op {
            NodeOp::StringData => self.string_data(),
            NodeOp::StringUnit => self.string_unit(),
            NodeOp::CharString => self.char_string(),
            NodeOp::TypedLength => self.typed_length(),
            NodeOp::HoleToUndefined => {
                let v = self.input(0, Rep::Tagged)?;
                let hole = self.compare(IntCC::Equal, v, value::HOLE as i64);
                let undefined = self.word(value::UNDEFINED);
                Ok(self.builder.ins().select(hole, undefined, v))
            }
            ref op => broken(format!("{op:?} has nothing to do with strings")),
        }
    }

    pub(super) fn block_with(&mut self, ty: Type) -> Block {
        let block = self.builder.create_block();
        self.builder.append_block_param(block, ty);
        block
    }

    /// [`Helper::NumberToString`]: cells are strings already.
    pub(super) fn number_to_string(&mut self) -> Result<Option<Value>, Decline> {
        let input = self.input_node(0)?;
        if matches!(
            self.graph.node(input).op,
            NodeOp::IntToTagged | NodeOp::FloatToTagged
        ) {
            return self.helper_node(Helper::NumberToString);
        }
        let v = self.input(0, Rep::Tagged)?;
        let (done, number) = (self.block_with(types::I64), self.builder.create_block());
        let cell = self.is_cell(v);
        self.builder
            .ins()
            .brif(cell, done, &[v.into()], number, &[]);
        self.builder.switch_to_block(number);
        let s = self.call_helper(Helper::NumberToString, &[v])?;
        self.jump(done, s);
        Ok(Some(self.meet_in(done)))
    }

    pub(super) fn meet_in(&mut self, block: Block) -> Value {
        self.builder.switch_to_block(block);
        self.builder.block_params(block)[0]
    }

    fn string_flags(&mut self, s: Value) -> Value {
        self.builder.ins().uload8(types::I32, MEM, s, header::FLAGS)
    }

    /// The address of the first code unit.
    fn string_data(&mut self) -> Result<Value, Decline> {
        let s = self.input(0, Rep::Tagged)?;
        let flags = self.string_flags(s);
        let done = self.block_with(types::I64);
        let indirect = self.builder.create_block();
        let not_flat = i64::from(string::ROPE | string::SLICE);
        let kind = self.builder.ins().band_imm_s(flags, not_flat);
        let flat = self.builder.ins().iadd_imm_s(s, string::DATA);
        self.builder
            .ins()
            .brif(kind, indirect, &[], done, &[flat.into()]);

        self.builder.switch_to_block(indirect);
        let rope = self.cold_block();
        let slice = self.builder.create_block();
        let is_rope = self
            .builder
            .ins()
            .band_imm_s(flags, i64::from(string::ROPE));
        self.branch(is_rope, rope, slice);
        let base = self
            .builder
            .ins()
            .load(types::I64, MEM, s, string::SLICE_BASE);
        let offset = self
            .builder
            .ins()
            .load(types::I64, MEM, s, string::SLICE_OFFSET);
        // Two bytes a unit unless the flag says one.
        let one = i64::from(string::LATIN1);
        let latin1 = self.builder.ins().band_imm_s(flags, one);
        let shift = self.builder.ins().bxor_imm_s(latin1, one);
        let distance = self.builder.ins().ishl(offset, shift);
        let units = self.builder.ins().iadd(base, distance);
        let units = self.builder.ins().iadd_imm_s(units, string::DATA);
        self.jump(done, units);

        self.builder.switch_to_block(rope);
        let units = self.call_rarely(Helper::StringData, &[s])?;
        self.jump(done, units);
        Ok(self.meet_in(done))
    }

    fn string_unit(&mut self) -> Result<Value, Decline> {
        let data = self.input(0, Rep::Ptr)?;
        let flags = self.input(1, Rep::Int32)?;
        let index = self.input(2, Rep::Int32)?;
        let index = self.builder.ins().uextend(types::I64, index);
        let done = self.block_with(types::I32);
        let narrow = self.builder.create_block();
        let wide = self.builder.create_block();
        let latin1 = self
            .builder
            .ins()
            .band_imm_s(flags, i64::from(string::LATIN1));
        self.builder.ins().brif(latin1, narrow, &[], wide, &[]);
        self.builder.switch_to_block(narrow);
        let address = self.builder.ins().iadd(data, index);
        let unit = self.builder.ins().uload8(types::I32, MEM, address, 0);
        self.jump(done, unit);
        self.builder.switch_to_block(wide);
        let distance = self.builder.ins().ishl_imm_s(index, 1);
        let address = self.builder.ins().iadd(data, distance);
        let unit = self.builder.ins().uload16(types::I32, MEM, address, 0);
        self.jump(done, unit);
        Ok(self.meet_in(done))
    }

    fn char_string(&mut self) -> Result<Value, Decline> {
        let unit = self.input(0, Rep::Int32)?;
        let table = self.snapshot.layout.char_strings;
        if table == 0 {
            return self.call_helper(Helper::FromCharCode, &[unit]);
        }
        let done = self.block_with(types::I64);
        let (cached, other) = (self.builder.create_block(), self.cold_block());
        let small = self.compare(IntCC::UnsignedLessThan, unit, CACHED_UNITS);
        self.builder.ins().brif(small, cached, &[], other, &[]);
        self.builder.switch_to_block(cached);
        let index = self.builder.ins().uextend(types::I64, unit);
        let distance = self.builder.ins().ishl_imm_s(index, 3);
        let table = self.word(table);
        let address = self.builder.ins().iadd(table, distance);
        let s = self.builder.ins().load(types::I64, MEM, address, 0);
        self.jump(done, s);
        self.builder.switch_to_block(other);
        let s = self.call_rarely(Helper::FromCharCode, &[unit])?;
        self.jump(done, s);
        Ok(self.meet_in(done))
    }

    /// Length as the cell has it: 0 and what is no int32 may not be the truth.
    fn typed_length(&mut self) -> Result<Value, Decline> {
        let o = self.input(0, Rep::Tagged)?;
        let offset = self.snapshot.layout.offsets.typed_length;
        let n = self.builder.ins().load(types::I64, MEM, o, offset);
        let done = self.block_with(types::I32);
        let (plain, odd) = (self.builder.create_block(), self.cold_block());
        let below = self.builder.ins().iadd_imm_s(n, -1);
        let ok = self.compare(IntCC::UnsignedLessThan, below, i64::from(i32::MAX));
        self.builder.ins().brif(ok, plain, &[], odd, &[]);
        self.builder.switch_to_block(odd);
        let asked = self.call_rarely(Helper::TypedLength, &[o])?;
        let unknown = self.compare(IntCC::SignedLessThan, asked, 0);
        self.forbid(unknown, self.reason(Reason::WrongKind))?;
        self.jump(done, asked);
        self.builder.switch_to_block(plain);
        let n = self.builder.ins().ireduce(types::I32, n);
        self.jump(done, n);
        Ok(self.meet_in(done))
    }

    /// `AtomOf`: only strings that are no atoms are looked up.
    pub(super) fn atom_of(&mut self) -> Result<Value, Decline> {
        let v = self.input(0, Rep::Tagged)?;
        let done = self.block_with(types::I64);
        let other = self.cold_block();
        if !self.known_cell(self.input_node(0)?) {
            let (cell, plain) = (self.builder.create_block(), self.builder.create_block());
            let is_cell = self.is_cell(v);
            self.builder.ins().brif(is_cell, cell, &[], plain, &[]);
            self.builder.switch_to_block(plain);
            self.jump(done, v);
            self.builder.switch_to_block(cell);
        }
        // The kind and the flags of an atom, in one look.
        let head = self.header_bits(v);
        let wanted = i64::from(self.snapshot.layout.kinds.string) | i64::from(string::ATOM) << 8;
        let bits = self
            .builder
            .ins()
            .band_imm_s(head, 0xFF | i64::from(string::ATOM) << 8);
        let atom = self.compare(IntCC::Equal, bits, wanted);
        self.builder.ins().brif(atom, done, &[v.into()], other, &[]);
        self.builder.switch_to_block(other);
        let found = self.call_rarely(Helper::AtomOf, &[v])?;
        self.jump(done, found);
        Ok(self.meet_in(done))
    }

    /// Equality of strings: identity, atoms and lengths here, units by the helper. The first may be `any` value.
    pub(super) fn string_equal(&mut self, any: bool) -> Result<Value, Decline> {
        let (a, b) = (self.input(0, Rep::Tagged)?, self.input(1, Rep::Tagged)?);
        let done = self.block_with(types::I8);
        let (yes, no) = (
            self.builder.ins().iconst(types::I8, 1),
            self.builder.ins().iconst(types::I8, 0),
        );
        let same = self.builder.ins().icmp(IntCC::Equal, a, b);
        let differ = self.builder.create_block();
        self.builder
            .ins()
            .brif(same, done, &[yes.into()], differ, &[]);
        self.builder.switch_to_block(differ);
        if any {
            let cell = self.builder.create_block();
            let is_cell = self.is_cell(a);
            self.builder
                .ins()
                .brif(is_cell, cell, &[], done, &[no.into()]);
            self.builder.switch_to_block(cell);
            let kind = self.builder.ins().uload8(types::I32, MEM, a, header::KIND);
            let string = i64::from(self.snapshot.layout.kinds.string);
            let is_string = self.compare(IntCC::Equal, kind, string);
            let string = self.builder.create_block();
            self.builder
                .ins()
                .brif(is_string, string, &[], done, &[no.into()]);
            self.builder.switch_to_block(string);
        }
        let (fa, fb) = (self.string_flags(a), self.string_flags(b));
        let both = self.builder.ins().band(fa, fb);
        let atoms = self.builder.ins().band_imm_s(both, i64::from(string::ATOM));
        let units = self.builder.create_block();
        self.builder
            .ins()
            .brif(atoms, done, &[no.into()], units, &[]);
        self.builder.switch_to_block(units);
        let offset = self.snapshot.layout.offsets.string_length;
        let la = self.builder.ins().load(types::I32, MEM, a, offset);
        let lb = self.builder.ins().load(types::I32, MEM, b, offset);
        let as_long = self.builder.ins().icmp(IntCC::Equal, la, lb);
        let slow = self.cold_block();
        self.builder
            .ins()
            .brif(as_long, slow, &[], done, &[no.into()]);
        self.builder.switch_to_block(slow);
        let result = self.call_rarely(Helper::StringEqual, &[a, b])?;
        let result = self.builder.ins().ireduce(types::I8, result);
        self.jump(done, result);
        Ok(self.meet_in(done))
    }
}
