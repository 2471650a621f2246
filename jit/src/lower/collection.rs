//! Keys of Maps and Sets, found in place where the key is an int32 or an object.
//!
//! ```text
//! collection ─► table: capacity | entries: key, value (Maps), hash, next … | buckets, two for each entry: entry + 1 …
//!                                              bucket[hash & (2 * capacity - 1)] ─► entry ─► next ─► …
//! ```
//!
//! Other keys (contents decide about strings and BigInts, and there are two zeros) are found by the helper.

use super::{Lower, MEM};
use crate::Decline;
use crate::graph::{NodeId, NodeOp, Rep};
use crate::helpers::Helper;
use crate::layout::{collection, value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

/// What is known of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Int,
    Object,
    /// To be asked.
    Any,
}

impl Lower<'_> {
    /// The number of a key's entry, or -1.
    pub(super) fn find_entry(&mut self, helper: Helper) -> Result<Value, Decline> {
        let args = [self.input(0, Rep::Tagged)?, self.input(1, Rep::Tagged)?];
        let [map, key] = args;
        let stride = if helper == Helper::FindInMap { 3 } else { 2 };
        let done = self.block_with(types::I32);
        let bits = match self.kind_of_key(self.input_node(1)?) {
            Key::Int => key,
            Key::Object => self.address_bits(key),
            Key::Any => {
                let (probe, other) = (self.block_with(types::I64), self.builder.create_block());
                let (cell, rare) = (self.builder.create_block(), self.builder.create_block());
                let int = self.is_int(key);
                self.builder
                    .ins()
                    .brif(int, probe, &[key.into()], other, &[]);
                self.builder.switch_to_block(other);
                let is_cell = self.is_cell(key);
                self.builder.ins().brif(is_cell, cell, &[], rare, &[]);
                self.builder.switch_to_block(cell);
                let object = self.is_object_cell(key);
                let address = self.address_bits(key);
                self.builder
                    .ins()
                    .brif(object, probe, &[address.into()], rare, &[]);
                self.builder.switch_to_block(rare);
                let found = self.call_helper(helper, &args)?;
                self.jump(done, found);
                self.meet_in(probe)
            }
        };
        self.probe_table(map, key, bits, stride, done);
        Ok(self.meet_in(done))
    }

    fn address_bits(&mut self, object: Value) -> Value {
        let shift = collection::ADDRESS_SHIFT;
        self.builder.ins().ushr_imm_s(object, shift)
    }

    fn kind_of_key(&self, key: NodeId) -> Key {
        match &self.graph.node(key).op {
            NodeOp::IntToTagged => Key::Int,
            NodeOp::Const(bits) if *bits >= value::INT_TAG => Key::Int,
            _ if self.known_object(key) == Some(true) => Key::Object,
            _ => Key::Any,
        }
    }

    /// Follows the chain of the bucket for such bits, and goes to `done` with the key's entry or -1.
    fn probe_table(&mut self, map: Value, key: Value, bits: Value, stride: i64, done: Block) {
        let offsets = &self.snapshot.layout.offsets;
        let (entries, capacity) = (offsets.table_entries, offsets.table_capacity);
        let table = self.load_field(map, offsets.table);
        let none = self.builder.ins().iconst(types::I32, -1);
        let on = self.builder.create_block();
        self.builder
            .ins()
            .brif(table, on, &[], done, &[none.into()]);
        self.builder.switch_to_block(on);
        let factor = self.word(collection::HASH_FACTOR);
        let product = self.builder.ins().imul(bits, factor);
        let hash = self
            .builder
            .ins()
            .ushr_imm_s(product, collection::HASH_SHIFT);
        let capacity = self.builder.ins().uload32(MEM, table, capacity);
        let buckets = collection::BUCKETS_PER_ENTRY;
        let count = self.builder.ins().imul_imm_s(capacity, buckets);
        let mask = self.builder.ins().iadd_imm_s(count, -1);
        let index = self.builder.ins().band(hash, mask);
        let size = self.builder.ins().imul_imm_s(capacity, 8 * stride);
        let buckets = self.builder.ins().iadd(table, size);
        let distance = self.builder.ins().ishl_imm_s(index, 2);
        let bucket = self.builder.ins().iadd(buckets, distance);
        let first = self.builder.ins().load(types::I32, MEM, bucket, entries);
        let (chain, look) = (self.block_with(types::I32), self.builder.create_block());
        self.jump(chain, first);

        let at = self.meet_in(chain);
        self.builder.ins().brif(at, look, &[], done, &[none.into()]);
        self.builder.switch_to_block(look);
        let entry = self.builder.ins().iadd_imm_s(at, -1);
        let number = self.builder.ins().uextend(types::I64, entry);
        let distance = self.builder.ins().imul_imm_s(number, 8 * stride);
        let address = self.builder.ins().iadd(table, distance);
        let other = self.load_field(address, entries);
        let same = self.builder.ins().icmp(IntCC::Equal, other, key);
        let link = entries + 8 * (stride as i32 - 1) + 4;
        let next = self.builder.ins().load(types::I32, MEM, address, link);
        self.builder
            .ins()
            .brif(same, done, &[entry.into()], chain, &[next.into()]);
    }
}
