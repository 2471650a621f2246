//! Keys of Maps and Sets, found in place where the key is an int32 or an object.
//!
//! ```text
//! collection ─► table: capacity | entries: key, value (Maps), hash, next … | buckets: entry + 1 …
//!                                              bucket[hash & (capacity - 1)] ─► entry ─► next ─► …
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
        match self.kind_of_key(self.input_node(1)?) {
            Key::Int => self.probe_table(map, key, key, stride, done),
            Key::Object => {
                let shift = collection::ADDRESS_SHIFT;
                let address = self.builder.ins().ushr_imm_s(key, shift);
                self.probe_table(map, key, address, stride, done);
            }
            Key::Any => {
                let other = self.builder.create_block();
                let int = self.is_int(key);
                self.branch_on(int, other);
                self.probe_table(map, key, key, stride, done);
                self.builder.switch_to_block(other);
                let found = self.call_helper(helper, &args)?;
                self.jump(done, found);
            }
        }
        Ok(self.meet_in(done))
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
        let mask = self.builder.ins().iadd_imm_s(capacity, -1);
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
