//! DataView accessors: reads and writes of bytes in place, in both orders.
//!
//! A view of a buffer that cannot change its length says how many bytes it has; others say none, and are left to calls. All
//! that may go wrong is checked before anything is written.

use super::Builder;
use super::call::CallSite;
use crate::graph::*;
use crate::helpers::Builtin;
use crate::layout::value;
use crate::snapshot::Reason;

/// What an accessor accesses, and whether it stores.
fn access(builtin: Builtin) -> Option<(Mem, bool)> {
    Some(match builtin {
        Builtin::ViewGetInt8 => (Mem::I8, false),
        Builtin::ViewGetUint8 => (Mem::U8, false),
        Builtin::ViewGetInt16 => (Mem::I16, false),
        Builtin::ViewGetUint16 => (Mem::U16, false),
        Builtin::ViewGetInt32 | Builtin::ViewGetUint32 => (Mem::I32, false),
        Builtin::ViewGetFloat32 => (Mem::F32, false),
        Builtin::ViewGetFloat64 => (Mem::F64, false),
        Builtin::ViewSetInt8 | Builtin::ViewSetUint8 => (Mem::U8, true),
        Builtin::ViewSetInt16 | Builtin::ViewSetUint16 => (Mem::U16, true),
        Builtin::ViewSetInt32 | Builtin::ViewSetUint32 => (Mem::I32, true),
        Builtin::ViewSetFloat32 => (Mem::F32, true),
        Builtin::ViewSetFloat64 => (Mem::F64, true),
        _ => return None,
    })
}

/// In which order the bytes are.
#[derive(Clone, Copy)]
enum Order {
    Known {
        big: bool,
    },
    /// Big-endian unless this is true.
    Asked(NodeId),
}

impl Builder<'_> {
    /// A call of an accessor of DataViews.
    pub(super) fn view_builtin(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        let (mem, stores) = access(builtin)?;
        let &index = site.args.first()?;
        let stored = match stores {
            true => Some(*site.args.get(1)?),
            false => None,
        };
        if self.has_exited(Reason::OutOfBounds) || self.has_exited(Reason::Inexact) {
            return None;
        }
        let kind = self.snapshot.layout.kinds.data_view;
        let view = self.of_kind(site.this, kind);
        let index = self.int(index);
        let stored = stored.map(|v| match mem.rep() {
            Rep::Float64 => self.float(v),
            _ => self.truncated(v),
        });
        let order = self.order_of(site.args.get(1 + usize::from(stores)).copied(), mem);
        let index = self.view_index(view, index, mem);
        let data = self.check(NodeOp::ViewData, &[view], Reason::WrongKind);
        if let Some(v) = stored {
            self.store_view(mem, order, [data, index, v]);
            return Some(self.undefined());
        }
        let v = self.load_view(mem, order, [data, index]);
        Some(match builtin {
            Builtin::ViewGetUint32 if self.has_exited(Reason::Overflow) => {
                self.emit(NodeOp::UintToFloat, &[v])
            }
            Builtin::ViewGetUint32 => self.check(NodeOp::CheckUint, &[v], Reason::Overflow),
            _ => v,
        })
    }

    fn order_of(&mut self, little: Option<NodeId>, mem: Mem) -> Order {
        let known = match little {
            _ if mem.size() == 1 => Some(value::TRUE),
            None => Some(value::UNDEFINED),
            Some(v) => self.constant_bits(v),
        };
        match (known, little) {
            (Some(value::TRUE), _) => Order::Known { big: false },
            (Some(value::FALSE | value::UNDEFINED), _) | (_, None) => Order::Known { big: true },
            (_, Some(v)) => Order::Asked(self.truth(v)),
        }
    }

    /// An index at which that much lies in the view.
    fn view_index(&mut self, view: NodeId, index: NodeId, mem: Mem) -> NodeId {
        let offset = self.snapshot.layout.offsets.view_length;
        let mut n = self.emit(NodeOp::Load(Mem::I32, offset, Loc::Immutable), &[view]);
        if mem.size() > 1 {
            let (more, zero) = (
                self.int_constant(mem.size() as i32 - 1),
                self.int_constant(0),
            );
            n = self.emit(NodeOp::Bit(BitOp::Sub), &[n, more]);
            n = self.emit(NodeOp::Bit(BitOp::Max), &[n, zero]);
        }
        self.check(NodeOp::CheckBounds, &[index, n], Reason::OutOfBounds)
    }

    fn load_view(&mut self, mem: Mem, order: Order, place: [NodeId; 2]) -> NodeId {
        let load = |b: &mut Self, big| b.emit(NodeOp::LoadView(mem, big), &place);
        match order {
            Order::Known { big } => load(self, big),
            Order::Asked(little) => {
                let v = self.either_pure(little, |b| Some(load(b, false)), |b| Some(load(b, true)));
                v.unwrap_or_else(|| self.undefined())
            }
        }
    }

    fn store_view(&mut self, mem: Mem, order: Order, args: [NodeId; 3]) {
        let store = |b: &mut Self, big| {
            b.emit(NodeOp::StoreView(mem, big), &args);
        };
        match order {
            Order::Known { big } => store(self, big),
            Order::Asked(little) => {
                self.either(
                    little,
                    |b| {
                        store(b, false);
                        None
                    },
                    |b| {
                        store(b, true);
                        None
                    },
                );
            }
        }
        // What follows may not go back to before the store.
        self.state = None;
    }
}
