//! Values in the representation that is wanted, with the checks that takes.

use super::types::Types;
use super::{Builder, Forms};
use crate::graph::*;
use crate::layout::value;
use crate::snapshot::Reason;

impl Builder<'_> {
    pub(super) fn rep(&self, v: NodeId) -> Rep {
        self.graph.node(v).rep
    }

    /// What is known of a value here.
    pub(super) fn types(&self, v: NodeId) -> Types {
        let t = self.types[v.index()];
        match self.info.types.get(&v) {
            Some(refined) => t.and(*refined),
            None => t,
        }
    }

    /// Notes that a value is of these types from here on.
    pub(super) fn refine(&mut self, v: NodeId, types: Types) {
        let t = self.types(v).and(types);
        self.info.types.insert(v, t);
    }

    fn forms(&self, v: NodeId) -> Forms {
        self.info.forms.get(&v).copied().unwrap_or_default()
    }

    /// The bits of a constant.
    pub(super) fn constant_bits(&self, v: NodeId) -> Option<u64> {
        match self.graph.node(v).op {
            NodeOp::Const(bits) => Some(bits),
            NodeOp::Int(i) => Some(value::INT_TAG | u64::from(i as u32)),
            NodeOp::Bool(b) => Some(value::FALSE | u64::from(b)),
            _ => None,
        }
    }

    pub(super) fn constant_int(&self, v: NodeId) -> Option<i32> {
        self.constant_bits(v)
            .filter(|b| *b >= value::INT_TAG)
            .map(|b| b as u32 as i32)
    }

    /// As a word.
    pub(super) fn tagged(&mut self, v: NodeId) -> NodeId {
        let op = match self.rep(v) {
            Rep::Int32 => NodeOp::IntToTagged,
            Rep::Float64 => NodeOp::FloatToTagged,
            Rep::Bool => NodeOp::BoolToTagged,
            _ => return v,
        };
        if let Some(t) = self.forms(v).tagged {
            return t;
        }
        let t = self.emit(op, &[v]);
        self.info.forms.entry(v).or_default().tagged = Some(t);
        let forms = self.info.forms.entry(t).or_default();
        match self.graph.node(v).rep {
            Rep::Int32 => forms.int = Some(v),
            Rep::Float64 => forms.float = Some(v),
            _ => {}
        }
        t
    }

    /// As an int32; exits if it is none.
    pub(super) fn int(&mut self, v: NodeId) -> NodeId {
        if let Some(i) = self.constant_int(v) {
            return match self.rep(v) {
                Rep::Int32 => v,
                _ => self.int_constant(i),
            };
        }
        if let Some(i) = self.forms(v).int {
            return i;
        }
        let i = match self.rep(v) {
            Rep::Int32 => return v,
            Rep::Float64 => self.check(NodeOp::CheckFloatInt, &[v], Reason::Inexact),
            Rep::Bool => {
                let t = self.tagged(v);
                self.check(NodeOp::CheckInt, &[t], Reason::NotInt)
            }
            _ if self.types(v).within(Types::INT) => self.emit(NodeOp::UntagInt, &[v]),
            _ => self.check(NodeOp::CheckInt, &[v], Reason::NotInt),
        };
        self.info.forms.entry(v).or_default().int = Some(i);
        self.info
            .forms
            .entry(i)
            .or_default()
            .tagged
            .get_or_insert(v);
        self.refine(v, Types::INT);
        i
    }

    /// As a double; exits if it is no number.
    pub(super) fn float(&mut self, v: NodeId) -> NodeId {
        if let Some(bits) = self.constant_bits(v) {
            if bits >= value::INT_TAG {
                return self.float_constant(f64::from(bits as u32 as i32));
            }
            if bits >= value::DOUBLE_OFFSET {
                return self.emit(NodeOp::Float(bits - value::DOUBLE_OFFSET), &[]);
            }
        }
        let forms = self.forms(v);
        if let Some(f) = forms.float {
            return f;
        }
        let f = match self.rep(v) {
            Rep::Float64 => return v,
            Rep::Int32 => self.emit(NodeOp::IntToFloat, &[v]),
            Rep::Bool => {
                let t = self.tagged(v);
                self.check(NodeOp::CheckNumber, &[t], Reason::NotNumber)
            }
            _ => match forms.int {
                Some(i) => self.emit(NodeOp::IntToFloat, &[i]),
                None if self.types(v).within(Types::NUMBER) => {
                    self.emit(NodeOp::NumberToFloat, &[v])
                }
                None => self.check(NodeOp::CheckNumber, &[v], Reason::NotNumber),
            },
        };
        self.info.forms.entry(v).or_default().float = Some(f);
        self.refine(v, Types::NUMBER);
        f
    }

    /// A number converted by ToInt32; exits if it is no number.
    pub(super) fn truncated(&mut self, v: NodeId) -> NodeId {
        if self.constant_int(v).is_some() || self.rep(v) == Rep::Int32 {
            return self.int(v);
        }
        let forms = self.forms(v);
        if let Some(i) = forms.int {
            return i;
        }
        if self.rep(v) == Rep::Float64 {
            return self.emit(NodeOp::FloatToInt, &[v]);
        }
        if let Some(f) = forms.float {
            return self.emit(NodeOp::FloatToInt, &[f]);
        }
        let t = self.tagged(v);
        let types = self.types(t);
        if types.within(Types::INT) {
            return self.int(t);
        }
        let i = self.check(NodeOp::CheckTruncate, &[t], Reason::NotNumber);
        self.refine(v, Types::NUMBER);
        i
    }

    /// Whether the value is known to be a number of any kind, without a check.
    pub(super) fn is_number(&self, v: NodeId) -> bool {
        matches!(self.rep(v), Rep::Int32 | Rep::Float64) || self.types(v).within(Types::NUMBER)
    }

    /// Whether the value is known to be an int32.
    pub(super) fn is_int(&self, v: NodeId) -> bool {
        self.rep(v) == Rep::Int32
            || self.types(v).within(Types::INT)
            || self.forms(v).int.is_some()
            || self.constant_int(v).is_some()
    }

    /// As a heap cell; exits if it is none.
    pub(super) fn cell(&mut self, v: NodeId, reason: Reason) -> NodeId {
        let v = self.tagged(v);
        if !self.types(v).within(Types::CELL) {
            self.check(NodeOp::CheckCell, &[v], reason);
            self.refine(v, Types::CELL);
        }
        v
    }

    /// As a string; exits if it is none.
    pub(super) fn string(&mut self, v: NodeId) -> NodeId {
        let v = self.tagged(v);
        if self.types(v).within(Types::STRING) {
            return v;
        }
        let v = self.cell(v, Reason::NotString);
        let kind = self.snapshot.layout.kinds.string;
        self.check(NodeOp::CheckKind(kind), &[v], Reason::NotString);
        self.refine(v, Types::STRING);
        v
    }

    /// As an object of that kind; exits if it is none.
    pub(super) fn of_kind(&mut self, v: NodeId, kind: u8) -> NodeId {
        let v = self.cell(v, Reason::NotObject);
        self.check(NodeOp::CheckKind(kind), &[v], Reason::WrongKind);
        let types = self.types_of_kind(kind);
        self.refine(v, types);
        v
    }

    /// ToBoolean.
    pub(super) fn truth(&mut self, v: NodeId) -> NodeId {
        if let Some(bits) = self.constant_bits(v) {
            let truth = match bits {
                value::FALSE | value::UNDEFINED | value::NULL | value::INT_TAG => Some(false),
                value::TRUE => Some(true),
                b if b >= value::INT_TAG => Some(true),
                _ => None,
            };
            if let Some(truth) = truth {
                return self.emit(NodeOp::Bool(truth), &[]);
            }
        }
        match self.rep(v) {
            Rep::Bool => v,
            Rep::Int32 => {
                let zero = self.int_constant(0);
                self.emit(NodeOp::IntCmp(Cond::Ne), &[v, zero])
            }
            Rep::Float64 => {
                // Neither zero nor NaN.
                let magnitude = self.emit(NodeOp::FloatUnary(FloatUnary::Abs), &[v]);
                let zero = self.float_constant(0.0);
                self.emit(NodeOp::FloatCmp(Cond::Gt), &[magnitude, zero])
            }
            _ if self.types(v).within(Types::BOOL) => self.emit(NodeOp::UntagBool, &[v]),
            _ => self.emit(NodeOp::Truthy, &[v]),
        }
    }
}
