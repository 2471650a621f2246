//! Entries of Maps and Sets: one search for `has` and `get` of the same key, as long as nothing changes a collection in between.

use super::Builder;
use crate::graph::*;
use crate::helpers::Helper;

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
        let offsets = &self.snapshot.layout.offsets;
        let (table, values) = (offsets.table, offsets.table_entries + 8);
        let (entry, has) = self.has_entry(Helper::FindInMap, map, key);
        self.either_pure(
            has,
            |b| {
                let table = b.emit(NodeOp::Load(Mem::Ptr, table, Loc::Collection), &[map]);
                let stride = b.int_constant(STRIDE);
                let first = b.emit(NodeOp::Bit(BitOp::Mul), &[entry, stride]);
                let load = NodeOp::LoadIndexed(Mem::Value, values, Loc::Collection);
                Some(b.emit(load, &[table, first]))
            },
            |b| Some(b.undefined()),
        )
    }
}
