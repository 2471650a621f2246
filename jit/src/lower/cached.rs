//! Properties found through the agent's tables (`layout::cache`): where many shapes come by, or many keys.
//!
//! ```text
//! table[(shape ^ hash(key)) & MASK]: same key? same shape? ──► in the object, its slots, or a prototype
//!                                     └── no, or anything else ──► the helper, which looks again and puts into the table
//! ```
//!
//! A key's bits are those of its value (an atom or a symbol), so that what is no key is simply not found.

use super::{Lower, MEM};
use crate::Decline;
use crate::graph::{Graph, NodeId, NodeOp, Rep};
use crate::helpers::Helper;
use crate::layout::{cache, header, value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    Block, InstBuilder, StackSlot, StackSlotData, StackSlotKind, Value, types,
};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

/// An entry that is the right one.
pub(super) struct Entry {
    address: Value,
    /// The kind and the offset of the property.
    handler: Value,
    /// The kind.
    pub(super) kind: Value,
}

/// Object and key of a node.
type Sought = SmallVec<[NodeId; 3]>;

/// Loads that may find a getter, and the questions for it: those take the entry of the table that the load has found.
///
/// One word is enough for it, and no one else can have changed the entry, because the question stands in a branch right behind its load
/// (`build/cached.rs`), and passes move neither: both may do anything.
pub(super) struct Getters {
    /// What is asked for.
    asked: FxHashSet<Sought>,
    /// Of that: what loads have left an entry for.
    found: FxHashSet<Sought>,
    /// The address of the entry, or 0.
    entry: Option<StackSlot>,
}

impl Getters {
    /// Of a graph that is about to be lowered.
    pub(super) fn of(graph: &Graph) -> Getters {
        let nodes = graph.order.iter().flat_map(|b| &graph.block(*b).nodes);
        let asked = nodes
            .map(|id| graph.node(*id))
            .filter(|node| node.op == NodeOp::Call(Helper::FindGetter));
        Getters {
            asked: asked.map(|node| node.inputs.clone()).collect(),
            found: FxHashSet::default(),
            entry: None,
        }
    }
}

impl Lower<'_> {
    /// The entry for a cell and a key; goes to `miss` if it is another's.
    pub(super) fn probe(
        &mut self,
        object: Value,
        table: u64,
        miss: Block,
    ) -> Result<Entry, Decline> {
        let key = self.input(1, Rep::Tagged)?;
        let shape = self
            .builder
            .ins()
            .load(types::I32, MEM, object, header::SHAPE);
        let constant = match self.graph.node(self.input_node(1)?).op {
            NodeOp::Const(bits) => Some(cache::hash(bits)),
            _ => None,
        };
        let hash = match constant {
            Some(hash) => {
                let hash = i64::from(hash & cache::MASK);
                self.builder.ins().bxor_imm_s(shape, hash)
            }
            None => {
                let low = self.builder.ins().ireduce(types::I32, key);
                let factor = i64::from(cache::HASH_FACTOR as i32);
                let spread = self.builder.ins().imul_imm_s(low, factor);
                let shift = i64::from(cache::HASH_SHIFT);
                let hash = self.builder.ins().ushr_imm_s(spread, shift);
                self.builder.ins().bxor(shape, hash)
            }
        };
        let at = self.builder.ins().band_imm_s(hash, i64::from(cache::MASK));
        let at = self.builder.ins().uextend(types::I64, at);
        // Entries of five words: sums of what addressing modes scale.
        const { assert!(cache::ENTRY_SIZE == 5 * 8) };
        let four = self.builder.ins().ishl_imm_s(at, 2);
        let words = self.builder.ins().iadd(at, four);
        let distance = self.builder.ins().ishl_imm_s(words, 3);
        let table = self.word(table);
        let address = self.builder.ins().iadd(table, distance);
        // A load as the second operand becomes part of the comparison.
        let own = self.load_field(address, cache::KEY);
        let same = self.builder.ins().icmp(IntCC::Equal, key, own);
        self.branch_on_this(same, miss);
        let own = self
            .builder
            .ins()
            .load(types::I32, MEM, address, cache::SHAPE);
        let same = self.builder.ins().icmp(IntCC::Equal, shape, own);
        self.branch_on_this(same, miss);
        let handler = self
            .builder
            .ins()
            .load(types::I32, MEM, address, cache::HANDLER);
        let kind = self.builder.ins().ireduce(types::I8, handler);
        Ok(Entry {
            address,
            handler,
            kind,
        })
    }

    /// The first input, which goes to `miss` if it is no cell.
    pub(super) fn cached_object(&mut self, miss: Block) -> Result<Value, Decline> {
        let object = self.input(0, Rep::Tagged)?;
        if !self.known_cell(self.input_node(0)?) {
            let cell = self.is_cell(object);
            self.branch_on(cell, miss);
        }
        Ok(object)
    }

    /// Goes to `base` with the object or its slots where the entry says so; goes on where it says something else.
    pub(super) fn own_base(&mut self, object: Value, entry: &Entry, base: Block) {
        self.base_of_kinds(object, entry, [cache::OWN, cache::OWN_SLOTS], base);
    }

    /// The same for the kinds of something that is in the object and in its slots.
    fn base_of_kinds(&mut self, object: Value, entry: &Entry, kinds: [i64; 2], base: Block) {
        let elsewhere = self.builder.create_block();
        let own = self.compare(IntCC::Equal, entry.kind, kinds[0]);
        self.builder
            .ins()
            .brif(own, base, &[object.into()], elsewhere, &[]);
        self.builder.switch_to_block(elsewhere);
        let (slots, other) = (self.builder.create_block(), self.builder.create_block());
        let is = self.compare(IntCC::Equal, entry.kind, kinds[1]);
        self.builder.ins().brif(is, slots, &[], other, &[]);
        self.builder.switch_to_block(slots);
        let cell = self.load_field(object, self.snapshot.layout.offsets.slots);
        self.jump(base, cell);
        self.builder.switch_to_block(other);
    }

    /// The cell that `base` brings, and the address of the property in it.
    pub(super) fn property_address(&mut self, base: Block, entry: &Entry) -> (Value, Value) {
        let cell = self.meet_in(base);
        let offset = self
            .builder
            .ins()
            .ushr_imm_s(entry.handler, cache::OFFSET_SHIFT);
        let offset = self.builder.ins().uextend(types::I64, offset);
        (cell, self.builder.ins().iadd(cell, offset))
    }

    /// Goes to `base` with what has the property of a prototype; to `miss` if the prototypes have changed.
    fn prototype_base(&mut self, entry: &Entry, base: Block, miss: Block) {
        let cell = self.load_field(entry.address, cache::VALIDITY);
        let offset = self.snapshot.layout.offsets.validity;
        let valid = self.builder.ins().load(types::I8, MEM, cell, offset);
        self.branch_on(valid, miss);
        let cell = self.load_field(entry.address, cache::CELL);
        self.jump(base, cell);
    }

    /// `FindGetter`: the closure that an accessor in the table calls.
    pub(super) fn find_getter(&mut self) -> Result<Value, Decline> {
        let layout = &self.snapshot.layout;
        let (table, get) = (layout.load_table, layout.offsets.accessor_get);
        let function = layout.kinds.function;
        let args = [self.input(0, Rep::Tagged)?, self.input(1, Rep::Tagged)?];
        if table == 0 {
            return self.call_helper(Helper::FindGetter, &args);
        }
        let (miss, base) = (self.cold_block(), self.block_with(types::I64));
        let done = self.block_with(types::I64);
        let (object, entry) = match self.probed() {
            Some(slot) => (args[0], self.entry_again(slot, miss)),
            None => {
                let object = self.cached_object(miss)?;
                (object, self.probe(object, table, miss)?)
            }
        };
        let kinds = [cache::ACCESSOR, cache::ACCESSOR_SLOTS];
        self.base_of_kinds(object, &entry, kinds, base);
        let proto = self.compare(IntCC::Equal, entry.kind, cache::LAST_ACCESSOR);
        self.branch_on(proto, miss);
        self.prototype_base(&entry, base, miss);
        let (_, address) = self.property_address(base, &entry);
        let pair = self.load_field(address, 0);
        let getter = self.load_field(pair, get);
        let cell = self.is_cell(getter);
        self.branch_on(cell, miss);
        self.kind_or(getter, function, miss);
        self.jump(done, getter);
        self.builder.switch_to_block(miss);
        let getter = self.call_rarely(Helper::FindGetter, &args)?;
        self.jump(done, getter);
        Ok(self.meet_in(done))
    }

    /// The entry that the load before has found; goes to `miss` if it has found none.
    fn entry_again(&mut self, slot: StackSlot, miss: Block) -> Entry {
        let ins = self.builder.ins();
        let address = ins.stack_load(types::I64, types::I64, slot, 0);
        self.branch_on(address, miss);
        let ins = self.builder.ins();
        let handler = ins.load(types::I32, MEM, address, cache::HANDLER);
        let kind = self.builder.ins().ireduce(types::I8, handler);
        Entry {
            address,
            handler,
            kind,
        }
    }

    /// Where the load of the same property says which accessor it has found, if the node at hand is the question for its getter.
    fn probed(&self) -> Option<StackSlot> {
        let Getters { found, entry, .. } = &self.getters;
        entry.filter(|_| found.contains(&self.node.inputs))
    }

    /// Where to say that, for a load behind which that is asked.
    fn asked_for_getter(&mut self) -> Option<StackSlot> {
        let inputs = self.node.inputs.clone();
        if !self.getters.asked.contains(&inputs) {
            return None;
        }
        self.getters.found.insert(inputs);
        let slot = *self.getters.entry.get_or_insert_with(|| {
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3);
            self.builder.create_sized_stack_slot(data)
        });
        Some(slot)
    }

    pub(super) fn load_cached(&mut self) -> Result<Value, Decline> {
        let layout = &self.snapshot.layout;
        let table = layout.load_table;
        let args = [self.input(0, Rep::Tagged)?, self.input(1, Rep::Tagged)?];
        if table == 0 {
            return self.call_helper(Helper::LoadCached, &args);
        }
        let (miss, base) = (self.cold_block(), self.block_with(types::I64));
        let done = self.block_with(types::I64);
        let object = self.cached_object(miss)?;
        let entry = self.probe(object, table, miss)?;
        self.own_base(object, &entry, base);
        let proto = self.compare(IntCC::Equal, entry.kind, cache::PROTO);
        let (on, odd) = (self.builder.create_block(), self.cold_block());
        self.builder.ins().brif(proto, on, &[], odd, &[]);
        self.builder.switch_to_block(odd);
        let asked = self.asked_for_getter();
        if let Some(slot) = asked {
            let address = entry.address;
            self.builder.ins().stack_store(types::I64, address, slot, 0);
        }
        let lazy = self.word(value::LAZY);
        let accessor = self.compare(
            IntCC::UnsignedLessThanOrEqual,
            entry.kind,
            cache::LAST_ACCESSOR,
        );
        self.builder
            .ins()
            .brif(accessor, done, &[lazy.into()], miss, &[]);
        self.builder.switch_to_block(on);
        self.prototype_base(&entry, base, miss);
        let (_, address) = self.property_address(base, &entry);
        let v = self.load_field(address, 0);
        self.jump(done, v);
        self.builder.switch_to_block(miss);
        if let Some(slot) = asked {
            let none = self.word(0);
            self.builder.ins().stack_store(types::I64, none, slot, 0);
        }
        let v = self.call_rarely(Helper::LoadCached, &args)?;
        self.jump(done, v);
        Ok(self.meet_in(done))
    }

    pub(super) fn store_cached(&mut self) -> Result<Value, Decline> {
        let table = self.snapshot.layout.store_table;
        let mut args = [self.fp(); 3];
        for (i, arg) in args.iter_mut().enumerate() {
            *arg = self.input(i, Rep::Tagged)?;
        }
        if table == 0 {
            let done = self.call_helper(Helper::StoreCached, &args)?;
            return Ok(self.builder.ins().ireduce(types::I8, done));
        }
        let (miss, base) = (self.cold_block(), self.block_with(types::I64));
        let done = self.block_with(types::I8);
        let object = self.cached_object(miss)?;
        let entry = self.probe(object, table, miss)?;
        self.own_base(object, &entry, base);
        self.builder.ins().jump(miss, &[]);

        let (holder, address) = self.property_address(base, &entry);
        self.builder.ins().store(MEM, args[2], address, 0);
        self.write_barrier(holder, Some(args[2]))?;
        let yes = self.builder.ins().iconst(types::I8, 1);
        self.jump(done, yes);
        self.builder.switch_to_block(miss);
        let stored = self.call_rarely(Helper::StoreCached, &args)?;
        let stored = self.builder.ins().ireduce(types::I8, stored);
        self.jump(done, stored);
        Ok(self.meet_in(done))
    }
}
