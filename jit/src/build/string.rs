//! Strings: code units and characters in place, comparisons of characters, conversions, and builtins by direct helpers.

use super::Builder;
use super::call::CallSite;
use super::types::Types;
use crate::Decline;
use crate::graph::*;
use crate::helpers::{Builtin, Helper};
use crate::layout::header;
use crate::snapshot::{Reason, element, operand};
use sarus_bytecode::decode::Instruction;
use sarus_bytecode::{Constant, JsStr};

/// What an index beyond the end of a string gives.
#[derive(Clone, Copy)]
enum Beyond {
    NaN,
    Undefined,
    /// The empty string.
    Empty,
}

impl<'s> Builder<'s> {
    /// Length of a string.
    pub(super) fn string_length(&mut self, s: NodeId) -> NodeId {
        let offset = self.snapshot.layout.offsets.string_length;
        self.emit(NodeOp::Load(Mem::I32, offset, Loc::Immutable), &[s])
    }

    /// The code unit at an index that is in bounds.
    pub(super) fn unit_at(&mut self, s: NodeId, index: NodeId) -> NodeId {
        let data = self.emit(NodeOp::StringData, &[s]);
        let flags = self.emit(NodeOp::Load(Mem::U8, header::FLAGS, Loc::Immutable), &[s]);
        self.emit(NodeOp::StringUnit, &[data, flags, index])
    }

    /// What `inside` makes of an index; what stands for one out of bounds, if that was seen.
    fn at_index(
        &mut self,
        s: NodeId,
        index: NodeId,
        beyond: Beyond,
        inside: impl FnOnce(&mut Self, NodeId) -> NodeId,
    ) -> Option<NodeId> {
        self.at_index_or(s, index, false, beyond, inside)
    }

    fn at_index_or(
        &mut self,
        s: NodeId,
        index: NodeId,
        seen: bool,
        beyond: Beyond,
        inside: impl FnOnce(&mut Self, NodeId) -> NodeId,
    ) -> Option<NodeId> {
        let n = self.string_length(s);
        if !seen && !self.has_exited(Reason::OutOfBounds) {
            let index = self.check(NodeOp::CheckBounds, &[index, n], Reason::OutOfBounds);
            return Some(inside(self, index));
        }
        let within = self.emit(NodeOp::UintCmp(Cond::Lt), &[index, n]);
        self.either_pure(
            within,
            |b| Some(inside(b, index)),
            |b| {
                Some(match beyond {
                    Beyond::NaN => b.float_constant(f64::NAN),
                    Beyond::Undefined => b.undefined(),
                    Beyond::Empty => b.emit(NodeOp::Call(Helper::CharAt), &[s, index]),
                })
            },
        )
    }

    /// `s[i]` where strings were seen.
    pub(super) fn string_element(&mut self, s: NodeId, key: NodeId) -> Option<NodeId> {
        let s = self.string(s);
        let key = self.int(key);
        let beyond = self.feedback() & element::OUTSIDE != 0;
        if beyond || self.has_exited(Reason::OutOfBounds) {
            // Indices beyond the end are looked up in prototypes, negative ones are names.
            self.check(NodeOp::CheckUint, &[key], Reason::NotInt);
            self.check_no_elements()?;
        }
        self.at_index_or(s, key, beyond, Beyond::Undefined, |b, i| {
            b.character_at(s, i)
        })
    }

    fn character_at(&mut self, s: NodeId, index: NodeId) -> NodeId {
        let unit = self.unit_at(s, index);
        self.emit(NodeOp::CharString, &[unit])
    }

    /// What a constant string is made of.
    fn text(&self, v: NodeId) -> Option<&'s JsStr> {
        let node = self.graph.node(v);
        let NodeOp::Const(bits) = node.op else {
            return None;
        };
        let frame = self.graph.frames.get(node.at.frame.index())?;
        let function = self.snapshot.functions.get(frame.function)?;
        let index = function.constants.iter().position(|c| *c == bits)?;
        match function.code.constants.get(index) {
            Some(Constant::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The code unit of a string that has just one for certain.
    fn only_unit(&mut self, v: NodeId) -> Option<NodeId> {
        let node = self.graph.node(v);
        if node.op == NodeOp::CharString {
            return Some(node.inputs[0]);
        }
        let text = self.text(v)?;
        let unit = text.units().next()?;
        (text.len() == 1).then(|| self.int_constant(i32::from(unit)))
    }

    /// A comparison of a character with a character or a constant, if it is one.
    pub(super) fn compare_characters(
        &mut self,
        cond: Cond,
        x: NodeId,
        y: NodeId,
    ) -> Option<NodeId> {
        let is_char = |v: NodeId| self.graph.node(v).op == NodeOp::CharString;
        if !is_char(x) && !is_char(y) {
            return None;
        }
        if let (Some(x), Some(y)) = (self.only_unit(x), self.only_unit(y)) {
            return Some(self.emit(NodeOp::IntCmp(cond), &[x, y]));
        }
        let other_length = self.text(x).or(self.text(y)).is_some();
        (other_length && cond == Cond::Eq).then(|| self.emit(NodeOp::Bool(false), &[]))
    }

    /// ToString.
    pub(super) fn visit_to_string(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let v = self.read(o[1] as u32)?;
        let dst = o[0] as u32;
        if self.types(v).within(Types::STRING) {
            self.write(dst, v);
            return Ok(());
        }
        if self.is_number(v) {
            let s = self.number_string(v);
            self.write(dst, s);
            return Ok(());
        }
        let printable = self.types(v).meets(Types::STRING.or(Types::NUMBER));
        let seen_objects = self.feedback() & operand::ANY != 0;
        if printable && !seen_objects && !self.has_exited(Reason::NotString) {
            let v = self.string_or_number(v);
            let s = self.number_string(v);
            self.write(dst, s);
            return Ok(());
        }
        if !self.types(v).meets(Types::STRING) {
            return self.general(at);
        }
        // Strings are what they are; the rest as usual.
        let v = self.tagged(v);
        let kind = self.snapshot.layout.kinds.string;
        let is = self.emit(NodeOp::Is(Test::Kind(kind)), &[v]);
        let s = self.try_either(is, |_| Ok(Some(v)), |b| b.general_value(at, dst).map(Some))?;
        if let Some(s) = s {
            self.refine(s, Types::STRING);
            self.write(dst, s);
        }
        Ok(())
    }

    /// A value that is a string or a number.
    fn string_or_number(&mut self, v: NodeId) -> NodeId {
        let v = self.tagged(v);
        let kind = self.snapshot.layout.kinds.string;
        let string = self.emit(NodeOp::Is(Test::Kind(kind)), &[v]);
        let number = self.emit(NodeOp::Is(Test::Number), &[v]);
        let string = self.emit(NodeOp::BoolToInt, &[string]);
        let number = self.emit(NodeOp::BoolToInt, &[number]);
        let either = self.emit(NodeOp::Bit(BitOp::Or), &[string, number]);
        let zero = self.int_constant(0);
        let is = self.emit(NodeOp::IntCmp(Cond::Ne), &[either, zero]);
        self.check(NodeOp::CheckIs(true), &[is], Reason::NotString);
        v
    }

    fn number_string(&mut self, v: NodeId) -> NodeId {
        let v = self.tagged(v);
        self.emit(NodeOp::Call(Helper::NumberToString), &[v])
    }

    /// ConcatStrings.
    pub(super) fn visit_concat_strings(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (dst, base, count) = (o[0] as u32, o[1] as u32, o[2] as u32);
        let mut parts = Vec::new();
        for r in base..base + count {
            parts.push(self.read(r)?);
        }
        let strings = parts.iter().all(|v| self.types(*v).within(Types::STRING));
        let Some((&first, rest)) = parts.split_first().filter(|_| strings) else {
            return self.general(at);
        };
        let mut s = first;
        if let &[part] = rest {
            let helper = match (self.unprinted(first), self.unprinted(part)) {
                (None, None) => Helper::Concat,
                (a, b) => {
                    s = a.unwrap_or(s);
                    parts[1] = b.unwrap_or(part);
                    Helper::ConcatNumber
                }
            };
            let s = self.emit(NodeOp::Call(helper), &[s, parts[1]]);
            self.write(dst, s);
            return Ok(());
        }
        let rest: Vec<NodeId> = rest
            .iter()
            .map(|part| self.unprinted(*part).unwrap_or(*part))
            .collect();
        s = self.unprinted(first).unwrap_or(first);
        let mut rest = &rest[..];
        while let [a, b, more @ ..] = rest {
            let (last, more) = match more {
                [c, more @ ..] => (*c, more),
                [] => (self.undefined(), more),
            };
            s = self.emit(NodeOp::Call(Helper::JoinText), &[s, *a, *b, last]);
            rest = more;
        }
        if let [part] = rest {
            s = self.emit(NodeOp::Call(Helper::ConcatNumber), &[s, *part]);
        }
        self.write(dst, s);
        Ok(())
    }

    /// What a string was made of, if it is that of a number (or perhaps a string).
    fn unprinted(&self, s: NodeId) -> Option<NodeId> {
        let node = self.graph.node(s);
        match node.op {
            NodeOp::Call(Helper::NumberToString) => node.inputs.first().copied(),
            _ => None,
        }
    }

    /// An argument as an int32, or a number where there is none.
    pub(super) fn int_argument(&mut self, site: &CallSite, i: usize, default: i32) -> NodeId {
        match site.args.get(i) {
            Some(v) => self.int(*v),
            None => self.int_constant(default),
        }
    }

    pub(super) fn string_builtin(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        match builtin {
            Builtin::StringCharCodeAt | Builtin::StringCodePointAt | Builtin::StringCharAt => {
                let s = self.string(site.this);
                let i = self.int_argument(site, 0, 0);
                match builtin {
                    Builtin::StringCharCodeAt => {
                        self.at_index(s, i, Beyond::NaN, |b, i| b.unit_at(s, i))
                    }
                    Builtin::StringCharAt => {
                        self.at_index(s, i, Beyond::Empty, |b, i| b.character_at(s, i))
                    }
                    _ => self.at_index(s, i, Beyond::Undefined, |b, i| b.point_at(s, i)),
                }
            }
            Builtin::StringAt => {
                let s = self.string(site.this);
                let i = self.int_argument(site, 0, 0);
                let n = self.string_length(s);
                let i = self.relative(i, n);
                self.at_index(s, i, Beyond::Undefined, |b, i| b.character_at(s, i))
            }
            Builtin::StringFromCharCode => {
                let [c] = site.args[..] else { return None };
                let c = self.truncated(c);
                let mask = self.int_constant(0xffff);
                let c = self.emit(NodeOp::Bit(BitOp::And), &[c, mask]);
                Some(self.emit(NodeOp::CharString, &[c]))
            }
            Builtin::StringFromCodePoint => {
                let [c] = site.args[..] else { return None };
                if self.has_exited(Reason::OutOfBounds) {
                    return None;
                }
                let c = self.int(c);
                let end = self.int_constant(0x11_0000);
                let c = self.check(NodeOp::CheckBounds, &[c, end], Reason::OutOfBounds);
                let end = self.int_constant(0x1_0000);
                let is_unit = self.emit(NodeOp::UintCmp(Cond::Lt), &[c, end]);
                self.either_pure(
                    is_unit,
                    |b| Some(b.emit(NodeOp::CharString, &[c])),
                    |b| Some(b.emit(NodeOp::Call(Helper::FromCodePoint), &[c])),
                )
            }
            Builtin::StringSubstring | Builtin::StringSlice => {
                if site.args.is_empty() || site.args.len() > 2 {
                    return None;
                }
                let s = self.string(site.this);
                let from = self.int_argument(site, 0, 0);
                let to = self.int_argument(site, 1, i32::MAX);
                let helper = match builtin {
                    Builtin::StringSubstring => Helper::Substring,
                    _ => Helper::StringSlice,
                };
                Some(self.emit(NodeOp::Call(helper), &[s, from, to]))
            }
            Builtin::StringIndexOf | Builtin::StringIncludes | Builtin::StringStartsWith => {
                if site.args.is_empty() || site.args.len() > 2 {
                    return None;
                }
                let s = self.string(site.this);
                let what = self.string(site.args[0]);
                let from = self.int_argument(site, 1, 0);
                if builtin == Builtin::StringStartsWith {
                    return Some(
                        self.emit(NodeOp::Call(Helper::StringStartsWith), &[s, what, from]),
                    );
                }
                let i = self.emit(NodeOp::Call(Helper::StringIndexOf), &[s, what, from]);
                if builtin == Builtin::StringIndexOf {
                    return Some(i);
                }
                let zero = self.int_constant(0);
                Some(self.emit(NodeOp::IntCmp(Cond::Ge), &[i, zero]))
            }
            Builtin::StringEndsWith => {
                let [what] = site.args[..] else { return None };
                let s = self.string(site.this);
                let what = self.string(what);
                Some(self.emit(NodeOp::Call(Helper::StringEndsWith), &[s, what]))
            }
            Builtin::StringToString | Builtin::StringValueOf => Some(self.string(site.this)),
            Builtin::StringCall | Builtin::NumberToString => {
                let v = match (builtin, &site.args[..]) {
                    (Builtin::StringCall, [v]) => *v,
                    (Builtin::NumberToString, []) => site.this,
                    _ => return None,
                };
                if builtin == Builtin::StringCall && self.types(v).within(Types::STRING) {
                    return Some(v);
                }
                let v = self.number(v);
                Some(self.number_string(v))
            }
            _ => None,
        }
    }

    /// The code point at an index that is in bounds.
    fn point_at(&mut self, s: NodeId, index: NodeId) -> NodeId {
        let unit = self.unit_at(s, index);
        let mask = self.int_constant(0xfc00);
        let kind = self.emit(NodeOp::Bit(BitOp::And), &[unit, mask]);
        let lead = self.int_constant(0xd800);
        let is = self.emit(NodeOp::IntCmp(Cond::Eq), &[kind, lead]);
        let v = self.either_pure(
            is,
            |b| Some(b.emit(NodeOp::Call(Helper::CodePointAt), &[s, index])),
            |_| Some(unit),
        );
        v.unwrap_or(unit)
    }

    /// As a number of whatever kind; exits if it is none.
    pub(super) fn number(&mut self, v: NodeId) -> NodeId {
        if !self.is_number(v) {
            let t = self.tagged(v);
            let is = self.emit(NodeOp::Is(Test::Number), &[t]);
            self.check(NodeOp::CheckIs(true), &[is], Reason::NotNumber);
            self.refine(v, Types::NUMBER);
        }
        v
    }

    /// No prototype of arrays, arguments objects and strings has indexed properties: `None` if that is not so any more.
    pub(super) fn check_no_elements(&mut self) -> Option<()> {
        self.check_cell_of_elements(self.snapshot.no_elements)
    }

    /// No prototype has indexed properties.
    pub(super) fn check_all_no_elements(&mut self) -> Option<()> {
        self.check_cell_of_elements(self.snapshot.all_no_elements)
    }

    /// A failed check needs no memory: there is no cell any more once one has become invalid.
    fn check_cell_of_elements(&mut self, cell: u64) -> Option<()> {
        if cell == 0 {
            return None;
        }
        self.graph.cells.push(cell);
        self.check(NodeOp::CheckValid(cell), &[], Reason::InvalidChain);
        Some(())
    }
}
