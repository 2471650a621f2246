//! Builtins whose calls become nodes. The callee was checked.

use super::Builder;
use super::call::CallSite;
use super::types::Types;
use crate::graph::*;
use crate::helpers::{Builtin, Helper};
use crate::snapshot::Reason;

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
            || self.has_exited(Reason::OutOfBounds)
        {
            return None;
        }
        self.math(builtin, site)
            .or_else(|| self.string_builtin(builtin, site))
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
            Builtin::MathRound => Some(NodeOp::Call(Helper::Round)),
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
            Builtin::MathFloor | Builtin::MathCeil | Builtin::MathTrunc | Builtin::MathRound
        );
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

    fn string_builtin(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        match builtin {
            Builtin::StringCharCodeAt => {
                let s = self.string(site.this);
                let i = match site.args.first() {
                    Some(i) => self.int(*i),
                    None => self.int_constant(0),
                };
                let i = self.check_string_index(s, i);
                Some(self.emit(NodeOp::Call(Helper::CharCodeAt), &[s, i]))
            }
            Builtin::StringCodePointAt => {
                let &i = site.args.first()?;
                let s = self.string(site.this);
                let i = self.int(i);
                let i = self.check_string_index(s, i);
                Some(self.emit(NodeOp::Call(Helper::CodePointAt), &[s, i]))
            }
            Builtin::StringCharAt => {
                let &i = site.args.first()?;
                let s = self.string(site.this);
                let i = self.int(i);
                Some(self.emit(NodeOp::Call(Helper::CharAt), &[s, i]))
            }
            Builtin::StringFromCharCode => {
                let [c] = site.args[..] else { return None };
                let c = self.truncated(c);
                Some(self.emit(NodeOp::Call(Helper::FromCharCode), &[c]))
            }
            _ => None,
        }
    }

    fn check_string_index(&mut self, s: NodeId, i: NodeId) -> NodeId {
        let offset = self.snapshot.layout.offsets.string_length;
        let n = self.emit(NodeOp::Load(Mem::I32, offset, Loc::Immutable), &[s]);
        self.check(NodeOp::CheckBounds, &[i, n], Reason::OutOfBounds)
    }

    fn other_builtin(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        match builtin {
            Builtin::GeneratorNext => {
                let v = self.argument(site, 0);
                let args = [site.callee, site.this, v].map(|v| self.tagged(v));
                self.enter_frames();
                let fp = self.emit(NodeOp::FramePtr(self.context.base), &[]);
                let [callee, this, v] = args;
                let v = self.emit(NodeOp::Call(Helper::GeneratorNext), &[fp, callee, this, v]);
                self.leave_frames();
                Some(v)
            }
            Builtin::ArrayPush => {
                let [v] = site.args[..] else { return None };
                let a = self.of_kind(site.this, self.snapshot.layout.kinds.array);
                let v = self.tagged(v);
                let state = self.current_state();
                let done = self.emit(NodeOp::Call(Helper::ArrayPush), &[a, v]);
                // Nothing was done if it could not be.
                self.state = Some(state);
                self.check(NodeOp::CheckIs(true), &[done], Reason::WrongKind);
                self.state = None;
                // A fresh state would run the call again: the length is read by a node without exit.
                let offset = self.snapshot.layout.offsets.array_length;
                let n = self.emit(NodeOp::Load(Mem::I32, offset, Loc::Length), &[a]);
                Some(self.emit(NodeOp::UintToFloat, &[n]))
            }
            Builtin::NumberIsInteger if site.args.first().is_some_and(|v| self.is_int(*v)) => {
                Some(self.emit(NodeOp::Bool(true), &[]))
            }
            Builtin::NumberIsNaN | Builtin::IsNaN => {
                let &x = site.args.first()?;
                if !self.is_number(x) {
                    return None;
                }
                let x = self.float(x);
                Some(self.emit(NodeOp::FloatCmp(Cond::Ne), &[x, x]))
            }
            Builtin::ParseInt if site.args.len() == 1 && self.is_int(site.args[0]) => {
                Some(site.args[0])
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
            _ => None,
        }
    }
}
