//! Keys of Maps and Sets, found in place where the key is an int32, an object, or a string with a hash.
//!
//! ```text
//! collection ─► table: capacity | entries: key, value (Maps), hash, next … | buckets, two for each entry: entry + 1 …
//!                                              bucket[hash & (2 * capacity - 1)] ─► entry ─► next ─► …
//! ```
//!
//! The bits of numbers and objects make their hash and decide. Strings keep theirs, and where an entry with the same hash holds
//! another cell, contents decide: that, and other keys (BigInts, and there are two zeros), is the helper's.

use super::{Lower, MEM};
use crate::Decline;
use crate::graph::{NodeId, NodeOp, Rep};
use crate::helpers::Helper;
use crate::layout::{collection, header, value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, Value, types};

/// What is known of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Int,
    Object,
    /// To be asked.
    Any,
}

/// What is looked for in a table.
struct Probe {
    /// The key's hash, 64 bits.
    hash: Value,
    /// Of keys whose contents may decide: the hash of entries that the helper has to compare, and where it is called.
    contents: Option<(Value, Block)>,
}

impl Lower<'_> {
    /// The number of a key's entry, or -1.
    pub(super) fn find_entry(&mut self, helper: Helper) -> Result<Value, Decline> {
        let args = [self.input(0, Rep::Tagged)?, self.input(1, Rep::Tagged)?];
        let [map, key] = args;
        let stride = if helper == Helper::FindInMap { 3 } else { 2 };
        let done = self.block_with(types::I32);
        let table = self.table_of(map, done);
        let known = match self.kind_of_key(self.input_node(1)?) {
            Key::Int => Some(key),
            Key::Object => Some(self.address_bits(key)),
            Key::Any => None,
        };
        let probe = match known {
            Some(bits) => Probe {
                hash: self.hash_of_bits(bits),
                contents: None,
            },
            None => self.hash_of_any(key),
        };
        self.probe_table(table, key, stride, &probe, done);
        if let Some((_, rare)) = probe.contents {
            self.builder.set_cold_block(rare);
            self.builder.switch_to_block(rare);
            let found = self.call_helper(helper, &args)?;
            self.jump(done, found);
        }
        Ok(self.meet_in(done))
    }

    /// The table of a collection; without one, `done` gets -1.
    fn table_of(&mut self, map: Value, done: Block) -> Value {
        let table = self.load_field(map, self.snapshot.layout.offsets.table);
        let none = self.builder.ins().iconst(types::I32, -1);
        let on = self.builder.create_block();
        self.builder
            .ins()
            .brif(table, on, &[], done, &[none.into()]);
        self.builder.switch_to_block(on);
        table
    }

    fn hash_of_bits(&mut self, bits: Value) -> Value {
        let factor = self.word(collection::HASH_FACTOR);
        let product = self.builder.ins().imul(bits, factor);
        self.builder
            .ins()
            .ushr_imm_s(product, collection::HASH_SHIFT)
    }

    /// The hash of a key of which nothing is known.
    fn hash_of_any(&mut self, key: Value) -> Probe {
        let by_bits = self.block_with(types::I64);
        let probe = self.builder.create_block();
        let hash = self.builder.append_block_param(probe, types::I64);
        let contents = self.builder.append_block_param(probe, types::I64);
        let [other, cell, no_object, string, rare] =
            std::array::from_fn(|_| self.builder.create_block());
        let int = self.is_int(key);
        self.builder
            .ins()
            .brif(int, by_bits, &[key.into()], other, &[]);
        self.builder.switch_to_block(other);
        let is_cell = self.is_cell(key);
        self.builder.ins().brif(is_cell, cell, &[], rare, &[]);
        self.builder.switch_to_block(cell);
        let object = self.is_object_cell(key);
        let address = self.address_bits(key);
        self.builder
            .ins()
            .brif(object, by_bits, &[address.into()], no_object, &[]);
        self.builder.switch_to_block(no_object);
        let layout = &self.snapshot.layout;
        let (wanted, offset) = (layout.kinds.string, layout.offsets.string_hash);
        let kind = self.builder.ins().load(types::I8, MEM, key, header::KIND);
        let is_string = self.compare(IntCC::Equal, kind, i64::from(wanted as i8));
        self.builder.ins().brif(is_string, string, &[], rare, &[]);
        self.builder.switch_to_block(string);
        let known = self.builder.ins().uload32(MEM, key, offset);
        let both = [BlockArg::from(known), BlockArg::from(known)];
        self.builder.ins().brif(known, probe, &both, rare, &[]);
        let bits = self.meet_in(by_bits);
        let product = self.hash_of_bits(bits);
        // No entry's hash.
        let none = self.builder.ins().iconst(types::I64, -1);
        let both = [BlockArg::from(product), BlockArg::from(none)];
        self.builder.ins().jump(probe, &both);
        self.builder.switch_to_block(probe);
        Probe {
            hash,
            contents: Some((contents, rare)),
        }
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

    /// Follows the chain of the bucket for such a hash, and goes to `done` with the key's entry or -1.
    fn probe_table(&mut self, table: Value, key: Value, stride: i64, probe: &Probe, done: Block) {
        let offsets = &self.snapshot.layout.offsets;
        let (entries, capacity) = (offsets.table_entries, offsets.table_capacity);
        let none = self.builder.ins().iconst(types::I32, -1);
        let capacity = self.builder.ins().uload32(MEM, table, capacity);
        let buckets = collection::BUCKETS_PER_ENTRY;
        let count = self.builder.ins().imul_imm_s(capacity, buckets);
        let mask = self.builder.ins().iadd_imm_s(count, -1);
        let index = self.builder.ins().band(probe.hash, mask);
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
        let link = entries + 8 * (stride as i32 - 1);
        let Some((contents, rare)) = probe.contents else {
            let next = self.builder.ins().load(types::I32, MEM, address, link + 4);
            self.builder
                .ins()
                .brif(same, done, &[entry.into()], chain, &[next.into()]);
            return;
        };
        let differs = self.builder.create_block();
        self.builder
            .ins()
            .brif(same, done, &[entry.into()], differs, &[]);
        self.builder.switch_to_block(differs);
        let hash = self.builder.ins().uload32(MEM, address, link);
        let next = self.builder.ins().load(types::I32, MEM, address, link + 4);
        let equal = self.builder.ins().icmp(IntCC::Equal, hash, contents);
        self.builder
            .ins()
            .brif(equal, rare, &[], chain, &[next.into()]);
    }
}
