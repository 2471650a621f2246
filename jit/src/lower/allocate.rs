//! Allocation of objects without a call: the heap's cursor is moved, the start bit set, the head written.

use super::{Lower, MEM, broken};
use crate::Decline;
use crate::graph::{NodeOp, Rep};
use crate::helpers::Helper;
use crate::layout::value;
use crate::snapshot::ObjectTemplate;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};
use smallvec::SmallVec;

/// Size of the heap's chunks.
const CHUNK: i64 = 1 << 20;

impl Lower<'_> {
    /// `New`: in place if there is room at the heap's cursor.
    pub(super) fn new_cell(&mut self, template: u32) -> Result<Value, Decline> {
        let graph = self.graph;
        let Some(template) = graph.templates.get(template as usize) else {
            return broken("a new cell without template");
        };
        if template.shape() != 0 {
            self.shapes.push(template.shape());
        }
        let cell = match self.ask_for_room(template.size) {
            Some(cell) => cell,
            None => {
                let size = self.word(u64::from(template.size));
                self.room(size, Some(template.size))?
            }
        };
        let header = self.word(template.header);
        self.builder.ins().store(MEM, header, cell, 0);
        for &(offset, bits) in &template.words {
            if !template.fields.contains(&offset) {
                let bits = self.word(bits);
                self.builder.ins().store(MEM, bits, cell, offset);
            }
        }
        for (i, &offset) in template.fields.iter().enumerate() {
            let node = self.input_node(i)?;
            // Memory that is not in use is full of holes.
            if self.graph.node(node).op != NodeOp::Const(value::HOLE) {
                let value = self.input(i, Rep::Tagged)?;
                self.builder.ins().store(MEM, value, cell, offset);
            }
        }
        Ok(cell)
    }

    /// Room for a small cell of that many bytes, whose header the caller writes; `known` is its size if it is a constant.
    pub(super) fn room(&mut self, size: Value, known: Option<u32>) -> Result<Value, Decline> {
        let (done, slow) = (self.block_with(types::I64), self.cold_block());
        if self.snapshot.layout.heap_cursor == 0 {
            self.builder.ins().jump(slow, &[]);
        } else {
            let cell = self.bump(size, slow);
            self.jump(done, cell);
        }
        self.builder.switch_to_block(slow);
        let size = match known {
            Some(size) => self.builder.ins().iconst(types::I32, i64::from(size)),
            None => self.builder.ins().ireduce(types::I32, size),
        };
        let header = self.word(0);
        let made = self.call_rarely(Helper::NewCell, &[size, header])?;
        self.jump(done, made);
        Ok(self.meet_in(done))
    }

    /// Moves the heap's cursor by a cell's size and marks that a cell starts there; goes to `slow` if there is no room.
    pub(super) fn bump(&mut self, size: Value, slow: Block) -> Value {
        let layout = &self.snapshot.layout;
        let cell = self.load_absolute(types::I64, layout.heap_cursor);
        let limit = self.load_absolute(types::I64, layout.heap_limit);
        let end = self.builder.ins().iadd(cell, size);
        let full = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, end, limit);
        let fits = self.builder.create_block();
        self.branch(full, slow, fits);
        self.store_absolute(end, self.snapshot.layout.heap_cursor);
        self.set_start(cell);
        cell
    }

    /// `NewObject` and `NewObjectWith`: in place if the shape is known, and by the helper where there is no room.
    pub(super) fn new_object(&mut self, helper: Helper) -> Result<Option<Value>, Decline> {
        let layout = &self.snapshot.layout;
        let count = match helper {
            Helper::NewObjectWith => self.input_int(2)?,
            _ => Some(0),
        };
        let (Some(template), Some(count)) = (self.template()?, count) else {
            return self.helper_node(helper);
        };
        let room = (i64::from(template.size) - i64::from(layout.offsets.inline_slots)) / 8;
        if layout.heap_cursor == 0 || !(0..=room).contains(&i64::from(count)) {
            return self.helper_node(helper);
        }
        let done = self.builder.create_block();
        self.builder.append_block_param(done, types::I64);
        let slow = self.cold_block();
        let size = self.word(u64::from(template.size));
        let cell = self.bump(size, slow);
        let header = self.word(template.header);
        self.builder.ins().store(MEM, header, cell, 0);
        let elements = self.word(template.elements);
        let offset = layout.offsets.elements;
        self.builder.ins().store(MEM, elements, cell, offset);
        if count > 0 {
            let values = self.input(1, Rep::Ptr)?;
            for i in 0..count {
                let value = self.builder.ins().load(types::I64, MEM, values, 8 * i);
                let offset = layout.offsets.inline_slots + 8 * i;
                self.builder.ins().store(MEM, value, cell, offset);
            }
        }
        self.jump(done, cell);

        self.builder.switch_to_block(slow);
        let mut args: SmallVec<[Value; 3]> = SmallVec::new();
        for (i, &rep) in helper.info().args.iter().enumerate() {
            args.push(self.input(i, rep)?);
        }
        let made = self.call_rarely(helper, &args)?;
        self.jump(done, made);
        self.builder.switch_to_block(done);
        Ok(Some(self.builder.block_params(done)[0]))
    }

    /// What the current node's object consists of, if that is known.
    fn template(&self) -> Result<Option<ObjectTemplate>, Decline> {
        let (NodeOp::Ptr(shape) | NodeOp::Const(shape)) = self.graph.node(self.input_node(0)?).op
        else {
            return Ok(None);
        };
        let objects = &self.snapshot.objects;
        Ok(objects.iter().find(|t| t.shape == shape).copied())
    }

    /// Sets the bit that says that a cell starts at the address.
    fn set_start(&mut self, cell: Value) {
        let chunk = self.builder.ins().band_imm_s(cell, -CHUNK);
        // One word of bits for 1024 bytes.
        let place = self.builder.ins().ushr_imm_s(cell, 7);
        let place = self.builder.ins().band_imm_s(place, (CHUNK >> 7) - 8);
        let word = self.builder.ins().iadd(chunk, place);
        // The count of a shift is taken modulo 64.
        let index = self.builder.ins().ushr_imm_s(cell, 4);
        let one = self.builder.ins().iconst(types::I64, 1);
        let bit = self.builder.ins().ishl(one, index);
        let offset = self.snapshot.layout.start_bits;
        let bits = self.builder.ins().load(types::I64, MEM, word, offset);
        let bits = self.builder.ins().bor(bits, bit);
        self.builder.ins().store(MEM, bits, word, offset);
    }
}
