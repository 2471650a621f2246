//! Builtins whose calls become nodes. The callee was checked.

use super::Builder;
use super::call::CallSite;
use super::types::Types;
use crate::graph::*;
use crate::helpers::{Builtin, Helper};
use crate::layout::value;
use crate::snapshot::{PropertyCase, PropertyKind, Reason};

impl Builder<'_> {
    /// The result of a call of a builtin, if there is code for it with such arguments.
    pub(super) fn builtin(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        if builtin == Builtin::IsBeingInterpreted {
            return Some(self.emit(NodeOp::Bool(false), &[]));
        }
        // What a check said no to once is called.
        if self.has_exited(Reason::NotNumber)
            || self.has_exited(Reason::NotInt)
            || self.has_exited(Reason::NotString)
            || self.has_exited(Reason::WrongKind)
        {
            return None;
        }
        self.math(builtin, site)
            .or_else(|| self.string_builtin(builtin, site))
            .or_else(|| self.view_builtin(builtin, site))
            .or_else(|| self.atomic_builtin(builtin, site))
            .or_else(|| self.other_builtin(builtin, site))
    }

    fn math(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        let unary = |op| Some(NodeOp::FloatUnary(op));
        let simple = match builtin {
            Builtin::MathFloor => unary(FloatUnary::Floor),
            Builtin::MathCeil => unary(FloatUnary::Ceil),
            Builtin::MathTrunc => unary(FloatUnary::Trunc),
            Builtin::MathAbs => unary(FloatUnary::Abs),
            Builtin::MathSqrt => unary(FloatUnary::Sqrt),
            Builtin::MathFround => unary(FloatUnary::Fround),
            Builtin::MathRound => unary(FloatUnary::Round),
            Builtin::MathSign => unary(FloatUnary::Sign),
            Builtin::MathCbrt => Some(NodeOp::Call(Helper::Cbrt)),
            Builtin::MathSin => Some(NodeOp::Call(Helper::Sin)),
            Builtin::MathCos => Some(NodeOp::Call(Helper::Cos)),
            Builtin::MathTan => Some(NodeOp::Call(Helper::Tan)),
            Builtin::MathAsin => Some(NodeOp::Call(Helper::Asin)),
            Builtin::MathAcos => Some(NodeOp::Call(Helper::Acos)),
            Builtin::MathAtan => Some(NodeOp::Call(Helper::Atan)),
            Builtin::MathExp => Some(NodeOp::Call(Helper::Exp)),
            Builtin::MathLog => Some(NodeOp::Call(Helper::Log)),
            Builtin::MathLog2 => Some(NodeOp::Call(Helper::Log2)),
            Builtin::MathLog10 => Some(NodeOp::Call(Helper::Log10)),
            _ => None,
        };
        if let Some(op) = simple {
            let &x = site.args.first()?;
            return Some(self.math_unary(builtin, op, x));
        }
        match builtin {
            Builtin::MathMin | Builtin::MathMax => self.min_max(builtin, site),
            Builtin::MathPow | Builtin::MathAtan2 | Builtin::MathHypot => {
                let [x, y] = site.args[..] else { return None };
                let (x, y) = (self.float(x), self.float(y));
                let helper = match builtin {
                    Builtin::MathPow => Helper::Pow,
                    Builtin::MathAtan2 => Helper::Atan2,
                    _ => Helper::Hypot,
                };
                Some(self.emit(NodeOp::Call(helper), &[x, y]))
            }
            Builtin::MathImul => {
                let [x, y] = site.args[..] else { return None };
                let (x, y) = (self.truncated(x), self.truncated(y));
                Some(self.emit(NodeOp::Bit(BitOp::Mul), &[x, y]))
            }
            Builtin::MathClz32 => {
                let &x = site.args.first()?;
                let x = self.truncated(x);
                Some(self.emit(NodeOp::Clz, &[x]))
            }
            _ => None,
        }
    }

    fn math_unary(&mut self, builtin: Builtin, op: NodeOp, x: NodeId) -> NodeId {
        let rounds = matches!(
            builtin,
            Builtin::MathFloor
                | Builtin::MathCeil
                | Builtin::MathTrunc
                | Builtin::MathRound
                | Builtin::MathSign
        );
        if builtin == Builtin::MathSign && self.is_int(x) {
            return self.int_sign(x);
        }
        if rounds && self.is_int(x) {
            return self.int(x);
        }
        if builtin == Builtin::MathAbs && self.is_int(x) && !self.has_exited(Reason::Overflow) {
            let x = self.int(x);
            let zero = self.int_constant(0);
            let negated = self.check(NodeOp::IntArith(IntOp::Sub), &[zero, x], Reason::Overflow);
            return self.emit(NodeOp::Bit(BitOp::Max), &[x, negated]);
        }
        let x = self.float(x);
        let v = self.emit(op, &[x]);
        // Rounded numbers are nearly always used as integers.
        if rounds && !self.has_exited(Reason::Inexact) {
            return self.check(NodeOp::CheckFloatInt, &[v], Reason::Inexact);
        }
        v
    }

    /// -1, 0 or 1. Bit operations on the number itself would let it wrap around.
    fn int_sign(&mut self, x: NodeId) -> NodeId {
        let x = self.int(x);
        let zero = self.int_constant(0);
        let mut is = |cond| {
            let is = self.emit(NodeOp::IntCmp(cond), &[x, zero]);
            self.emit(NodeOp::BoolToInt, &[is])
        };
        let (positive, negative) = (is(Cond::Gt), is(Cond::Lt));
        self.emit(NodeOp::Bit(BitOp::Sub), &[positive, negative])
    }

    /// An index from the start: negative ones count from the end of so many. Here, too, the number itself is looked at.
    pub(super) fn relative(&mut self, i: NodeId, n: NodeId) -> NodeId {
        let zero = self.int_constant(0);
        let negative = self.emit(NodeOp::IntCmp(Cond::Lt), &[i, zero]);
        let negative = self.emit(NodeOp::BoolToInt, &[negative]);
        let mask = self.emit(NodeOp::Bit(BitOp::Sub), &[zero, negative]);
        let back = self.emit(NodeOp::Bit(BitOp::And), &[mask, n]);
        self.emit(NodeOp::Bit(BitOp::Add), &[i, back])
    }

    fn min_max(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        let (bit, float) = match builtin {
            Builtin::MathMin => (BitOp::Min, FloatOp::Min),
            _ => (BitOp::Max, FloatOp::Max),
        };
        let (&first, rest) = site.args.split_first()?;
        if rest.is_empty() {
            return None;
        }
        if site.args.iter().all(|v| self.is_int(*v)) {
            let mut v = self.int(first);
            for &x in rest {
                let x = self.int(x);
                v = self.emit(NodeOp::Bit(bit), &[v, x]);
            }
            return Some(v);
        }
        let mut v = self.float(first);
        for &x in rest {
            let x = self.float(x);
            v = self.emit(NodeOp::FloatArith(float), &[v, x]);
        }
        Some(v)
    }

    fn other_builtin(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        match builtin {
            Builtin::GeneratorNext => Some(self.generator_next(site)),
            Builtin::ArrayIteratorNext
            | Builtin::MapIteratorNext
            | Builtin::SetIteratorNext
            | Builtin::StringIteratorNext => self.iterator_next(builtin, site),
            Builtin::ArrayPush => {
                let [v] = site.args[..] else { return None };
                Some(self.push(site.this, v))
            }
            Builtin::ArrayPop | Builtin::ArrayShift => {
                let a = self.of_kind(site.this, self.snapshot.layout.kinds.array);
                let helper = match builtin {
                    Builtin::ArrayPop => Helper::ArrayPop,
                    _ => Helper::ArrayShift,
                };
                let state = self.current_state();
                let v = self.emit(NodeOp::Call(helper), &[a]);
                // Nothing was done if it could not be.
                self.state = Some(state);
                let v = self.check(NodeOp::CheckNotHole, &[v], Reason::WrongKind);
                self.state = None;
                Some(v)
            }
            Builtin::ArrayIndexOf | Builtin::ArrayLastIndexOf | Builtin::ArrayIncludes => {
                let [v] = site.args[..] else { return None };
                let a = self.of_kind(site.this, self.snapshot.layout.kinds.array);
                let v = self.tagged(v);
                let (helper, odd) = match builtin {
                    Builtin::ArrayIndexOf => (Helper::ArrayIndexOf, -2),
                    Builtin::ArrayLastIndexOf => (Helper::ArrayLastIndexOf, -2),
                    _ => (Helper::ArrayIncludes, 2),
                };
                let found = self.emit(NodeOp::Call(helper), &[a, v]);
                let odd = self.int_constant(odd);
                let is = self.emit(NodeOp::IntCmp(Cond::Eq), &[found, odd]);
                self.check(NodeOp::CheckIs(false), &[is], Reason::WrongKind);
                if builtin != Builtin::ArrayIncludes {
                    return Some(found);
                }
                let zero = self.int_constant(0);
                Some(self.emit(NodeOp::IntCmp(Cond::Ne), &[found, zero]))
            }
            Builtin::ArraySlice => {
                if site.args.len() > 2 {
                    return None;
                }
                let a = self.of_kind(site.this, self.snapshot.layout.kinds.array);
                let from = self.int_argument(site, 0, 0);
                let to = self.int_argument(site, 1, i32::MAX);
                let part = self.emit(NodeOp::Call(Helper::ArraySlice), &[a, from, to]);
                let lazy = self.emit(NodeOp::Const(value::LAZY), &[]);
                let is = self.emit(NodeOp::SameBits, &[part, lazy]);
                self.check(NodeOp::CheckIs(false), &[is], Reason::WrongKind);
                Some(part)
            }
            Builtin::ArrayAt => {
                let &i = site.args.first()?;
                let unfit = self.has_exited(Reason::OutOfBounds) || self.has_exited(Reason::Hole);
                if unfit || !self.is_number(i) {
                    return None;
                }
                let a = self.of_kind(site.this, self.snapshot.layout.kinds.array);
                let i = self.int(i);
                let n = self.array_length(a);
                // What lies beyond the length is a hole.
                let i = self.relative(i, n);
                Some(self.load_dense(a, i, Reason::WrongKind))
            }
            Builtin::ObjectHasOwn => {
                let [o, key, ..] = site.args[..] else {
                    return None;
                };
                Some(self.has_own(o, key))
            }
            Builtin::HasOwnProperty => {
                let &key = site.args.first()?;
                Some(self.has_own(site.this, key))
            }
            Builtin::ArrayIsArray => {
                let &x = site.args.first()?;
                let x = self.tagged(x);
                // Proxies are asked the general way.
                if !self.types(x).within(Types::OBJECT) {
                    return None;
                }
                let kind = self.snapshot.layout.kinds.array;
                let is = self.emit(NodeOp::Is(Test::Kind(kind)), &[x]);
                self.check(NodeOp::CheckIs(true), &[is], Reason::WrongKind);
                Some(self.emit(NodeOp::Bool(true), &[]))
            }
            _ => self
                .number_builtin(builtin, site)
                .or_else(|| self.collection_builtin(builtin, site)),
        }
    }

    /// Array.prototype.push of one value.
    fn push(&mut self, array: NodeId, v: NodeId) -> NodeId {
        let layout = self.snapshot.layout.clone();
        let a = self.of_kind(array, layout.kinds.array);
        let v = self.tagged(v);
        let offset = layout.offsets.array_length;
        if self.check_no_elements().is_none() {
            let state = self.current_state();
            self.push_by_helper(a, v, state);
            let n = self.emit(NodeOp::Load(Mem::I32, offset, Loc::Length), &[a]);
            return self.emit(NodeOp::UintToFloat, &[n]);
        }
        let elements = self.dense_elements(a, Reason::WrongKind);
        let n = self.array_length(a);
        let state = self.current_state();
        let one = self.int_constant(1);
        let more = self.emit(NodeOp::Bit(BitOp::Add), &[n, one]);
        let capacity = self.capacity(elements);
        let room = self.emit(NodeOp::UintCmp(Cond::Lt), &[n, capacity]);
        self.either(
            room,
            |b| {
                b.store_element(elements, n, v);
                b.emit(NodeOp::Store(Mem::I32, offset, Loc::Length), &[a, more]);
                None
            },
            |b| {
                b.push_by_helper(a, v, state);
                None
            },
        );
        // Lengths beyond int32 are left to the general way, which the helper says.
        more
    }

    fn push_by_helper(&mut self, a: NodeId, v: NodeId, state: StateId) {
        let done = self.emit(NodeOp::Call(Helper::ArrayPush), &[a, v]);
        // Nothing was done if it could not be.
        self.state = Some(state);
        self.check(NodeOp::CheckIs(true), &[done], Reason::WrongKind);
        // A fresh state would run the call again: nothing that follows may exit.
        self.state = None;
    }

    fn number_builtin(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        let &x = site.args.first()?;
        match builtin {
            Builtin::NumberIsInteger
            | Builtin::NumberIsSafeInteger
            | Builtin::NumberIsFinite
            | Builtin::IsFinite
            | Builtin::NumberIsNaN
            | Builtin::IsNaN => {
                if self.is_int(x) {
                    let nan = matches!(builtin, Builtin::NumberIsNaN | Builtin::IsNaN);
                    return Some(self.emit(NodeOp::Bool(!nan), &[]));
                }
                if !self.types(x).meets(Types::NUMBER) || self.rep(x) == Rep::Bool {
                    return None;
                }
                let x = self.float(x);
                Some(self.number_test(builtin, x))
            }
            Builtin::ParseFloat if self.types(x).meets(Types::STRING) => {
                let s = self.string(x);
                Some(self.emit(NodeOp::Call(Helper::ParseFloat), &[s]))
            }
            Builtin::ParseInt if site.args.len() == 1 && self.is_int(x) => Some(x),
            Builtin::NumberCall if self.is_number(x) => Some(x),
            Builtin::BooleanCall => Some(self.truth(x)),
            Builtin::ObjectIs => {
                let [x, y] = site.args[..] else { return None };
                // Numbers are stored in one way only.
                let by_bits = |b: &Self, v| {
                    b.is_number(v) || !b.types(v).meets(Types::STRING.or(Types::OTHER))
                };
                if !by_bits(self, x) && !by_bits(self, y) {
                    return None;
                }
                let (x, y) = (self.tagged(x), self.tagged(y));
                Some(self.emit(NodeOp::SameBits, &[x, y]))
            }
            _ => None,
        }
    }

    /// A question about a double.
    fn number_test(&mut self, builtin: Builtin, x: NodeId) -> NodeId {
        if matches!(builtin, Builtin::NumberIsNaN | Builtin::IsNaN) {
            return self.emit(NodeOp::FloatCmp(Cond::Ne), &[x, x]);
        }
        // The difference of infinities is no number.
        let whole = match builtin {
            Builtin::NumberIsFinite | Builtin::IsFinite => x,
            _ => self.emit(NodeOp::FloatUnary(FloatUnary::Trunc), &[x]),
        };
        let rest = self.emit(NodeOp::FloatArith(FloatOp::Sub), &[x, whole]);
        let zero = self.float_constant(0.0);
        let is = self.emit(NodeOp::FloatCmp(Cond::Eq), &[rest, zero]);
        if builtin != Builtin::NumberIsSafeInteger {
            return is;
        }
        let magnitude = self.emit(NodeOp::FloatUnary(FloatUnary::Abs), &[x]);
        let most = self.float_constant(9_007_199_254_740_991.0);
        let safe = self.emit(NodeOp::FloatCmp(Cond::Le), &[magnitude, most]);
        let is = self.emit(NodeOp::BoolToInt, &[is]);
        let safe = self.emit(NodeOp::BoolToInt, &[safe]);
        let both = self.emit(NodeOp::Bit(BitOp::And), &[is, safe]);
        let zero = self.int_constant(0);
        self.emit(NodeOp::IntCmp(Cond::Ne), &[both, zero])
    }

    fn collection_builtin(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        let kinds = self.snapshot.layout.kinds.clone();
        let &key = site.args.first()?;
        let kind = match builtin {
            Builtin::MapGet | Builtin::MapHas | Builtin::MapSet | Builtin::MapDelete => kinds.map,
            Builtin::SetHas | Builtin::SetAdd | Builtin::SetDelete => kinds.set,
            _ => return None,
        };
        let o = self.of_kind(site.this, kind);
        let key = self.tagged(key);
        let state = self.current_state();
        match builtin {
            Builtin::MapGet => self.map_get(o, key),
            Builtin::MapHas => Some(self.has_entry(Helper::FindInMap, o, key).1),
            Builtin::SetHas => Some(self.has_entry(Helper::FindInSet, o, key).1),
            Builtin::MapSet => {
                let v = self.argument(site, 1);
                self.map_set(o, key, v);
                Some(o)
            }
            Builtin::SetAdd => {
                self.set_add(o, key);
                Some(o)
            }
            _ => {
                let done = self.emit(NodeOp::Call(Helper::CollectionDelete), &[o, key]);
                let odd = self.int_constant(2);
                let is = self.emit(NodeOp::IntCmp(Cond::Eq), &[done, odd]);
                self.state = Some(state);
                self.check(NodeOp::CheckIs(false), &[is], Reason::WrongKind);
                self.state = None;
                let zero = self.int_constant(0);
                Some(self.emit(NodeOp::IntCmp(Cond::Ne), &[done, zero]))
            }
        }
    }

    /// A property whose only getter is a builtin of the table, in objects of one kind.
    pub(super) fn builtin_getter(&mut self, o: NodeId, cases: &[PropertyCase]) -> Option<NodeId> {
        let (getter, builtin) = cases.first()?.getter?;
        let same = |c: &PropertyCase| {
            c.kind == PropertyKind::AccessorProto && c.getter == Some((getter, builtin))
        };
        let surprised = [
            Reason::NotObject,
            Reason::WrongKind,
            Reason::WrongValue,
            Reason::InvalidChain,
        ];
        // Other shapes than the first may have come since.
        let surprised_by_shape = cases.len() == 1 && self.has_exited(Reason::WrongShape);
        if surprised_by_shape
            || !cases.iter().all(same)
            || surprised.iter().any(|r| self.has_exited(*r))
        {
            return None;
        }
        let kinds = self.snapshot.layout.kinds.clone();
        let kind = match builtin {
            Builtin::TypedLength => kinds.typed_array,
            Builtin::MapSize => kinds.map,
            Builtin::SetSize => kinds.set,
            _ => return None,
        };
        let v = self.cell(o, Reason::NotObject);
        let shapes: Vec<u32> = cases.iter().map(|c| c.shape).collect();
        self.check_shapes(v, &shapes);
        let mut asked: Vec<(u64, i32, u64)> = Vec::new();
        for case in cases {
            let place = (case.cell, case.offset, case.validity);
            if asked.contains(&place) {
                continue;
            }
            asked.push(place);
            self.check_chain(case);
            let pair = self.cell_address(case.cell);
            let pair = self.emit(NodeOp::Load(Mem::Ptr, case.offset, Loc::Proto), &[pair]);
            let get = self.snapshot.layout.offsets.accessor_get;
            let get = self.emit(NodeOp::Load(Mem::Value, get, Loc::Proto), &[pair]);
            self.graph.cells.push(getter);
            self.check(NodeOp::CheckValue(getter), &[get], Reason::WrongValue);
        }
        let v = self.of_kind(v, kind);
        Some(match builtin {
            Builtin::TypedLength => self.typed_length(v),
            _ => self.emit(NodeOp::Call(Helper::CollectionSize), &[v]),
        })
    }
}
