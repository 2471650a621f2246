//! Entries of Maps and Sets: one search for `has`, `get` and `set` of the same key, as long as nothing changes a collection in between.

use super::Builder;
use crate::graph::*;
use crate::helpers::Helper;
use crate::snapshot::Reason;

/// Words of a Map's entry.
const STRIDE: i32 = 3;

impl Builder<'_> {
    /// The number of a key's entry and whether there is one.
    pub(super) fn has_entry(
        &mut self,
        find: Helper,
        collection: NodeId,
        key: NodeId,
    ) -> (NodeId, NodeId) {
        let entry = self.emit(NodeOp::Call(find), &[collection, key]);
        let zero = self.int_constant(0);
        let has = self.emit(NodeOp::IntCmp(Cond::Ge), &[entry, zero]);
        (entry, has)
    }

    /// The value of a key in a Map.
    pub(super) fn map_get(&mut self, map: NodeId, key: NodeId) -> Option<NodeId> {
        let values = self.snapshot.layout.offsets.table_entries + 8;
        let (entry, has) = self.has_entry(Helper::FindInMap, map, key);
        self.either_pure(
            has,
            |b| {
                let (table, first) = b.words_of_entry(map, entry);
                let load = NodeOp::LoadIndexed(Mem::Value, values, Loc::Collection);
                Some(b.emit(load, &[table, first]))
            },
            |b| Some(b.undefined()),
        )
    }

    /// The table of a Map, and the index of an entry's first word.
    fn words_of_entry(&mut self, map: NodeId, entry: NodeId) -> (NodeId, NodeId) {
        let table = self.snapshot.layout.offsets.table;
        let table = self.emit(NodeOp::Load(Mem::Ptr, table, Loc::Collection), &[map]);
        let stride = self.int_constant(STRIDE);
        let first = self.emit(NodeOp::Bit(BitOp::Mul), &[entry, stride]);
        (table, first)
    }

    /// Sets the value of a key in a Map: the search is the one of a `has` or `get` just before.
    pub(super) fn map_set(&mut self, map: NodeId, key: NodeId, v: NodeId) {
        let values = self.snapshot.layout.offsets.table_entries + 8;
        let v = self.tagged(v);
        let (entry, has) = self.has_entry(Helper::FindInMap, map, key);
        self.either(
            has,
            |b| {
                let (table, first) = b.words_of_entry(map, entry);
                let store = NodeOp::StoreIndexed(Mem::Value, values, Loc::Collection);
                b.emit(store, &[table, first, v]);
                b.barrier(table, v);
                None
            },
            |b| b.append_entry(Helper::MapAppend, &[map, key, v]),
        );
    }

    /// Adds a key to a Set.
    pub(super) fn set_add(&mut self, set: NodeId, key: NodeId) {
        let (_, has) = self.has_entry(Helper::FindInSet, set, key);
        self.either(
            has,
            |_| None,
            |b| b.append_entry(Helper::SetAppend, &[set, key]),
        );
    }

    /// Gives a collection an entry for a key that it does not have. Nothing was done if it could not be.
    fn append_entry(&mut self, append: Helper, args: &[NodeId]) -> Option<NodeId> {
        let state = self.current_state();
        let done = self.emit(NodeOp::Call(append), args);
        self.state = Some(state);
        self.check(NodeOp::CheckIs(true), &[done], Reason::WrongKind);
        None
    }
}
