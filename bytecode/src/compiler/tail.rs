//! Calls in tail position: <https://tc39.es/ecma262/#sec-tail-position-calls>.

use super::control::Control;
use super::{Body, Compiler};
use crate::opcodes::Op;
use sarus_parser::Feature;
use sarus_parser::ast::{Expr, ExprKind};

impl<'a> Compiler<'_, 'a> {
    /// Whether a call whose result is returned here could be a proper tail call: strict code of a plain function, and nothing
    /// is left to do on the way out.
    pub(super) fn in_tail_position(&self) -> bool {
        let flags = self.f.flags;
        self.source.features.has(Feature::TailCalls)
            && self.f.strict
            && matches!(self.f.body, Body::Function(_))
            && !flags.is_async()
            && !flags.is_generator()
            && !self.f.asm.in_region()
            && self
                .f
                .control
                .iter()
                .all(|entry| matches!(entry, Control::Target { .. }))
    }

    /// `return expr`, with the calls at its end as tail calls.
    pub(super) fn return_tail(&mut self, expr: &'a Expr<'a>) {
        let mark = self.f.top;
        let mut current = expr.unparenthesized();
        loop {
            match current.kind {
                ExprKind::Conditional(conditional) => {
                    let otherwise = self.label();
                    self.branch(&conditional.test, otherwise, false);
                    self.set_top(mark);
                    self.return_tail(&conditional.consequent);
                    self.set_top(mark);
                    self.bind(otherwise);
                    current = conditional.alternate.unparenthesized();
                }
                ExprKind::Sequence(list) => {
                    let Some((last, rest)) = list.split_last() else {
                        break;
                    };
                    for item in rest {
                        self.discard(item);
                    }
                    current = last.unparenthesized();
                }
                ExprKind::Logical { .. } => {
                    let (op, parts) = Self::logical_parts(current);
                    let Some((last, rest)) = parts.split_last() else {
                        break;
                    };
                    let early = self.label();
                    let value = self.alloc();
                    for part in rest {
                        self.ev(part, Some(value));
                        self.set_top(value + 1);
                        self.f.asm.jump(Self::short_circuit(op), &[value], early);
                    }
                    self.return_tail(last);
                    self.set_top(value + 1);
                    self.bind(early);
                    self.emit_return(value);
                    self.set_top(mark);
                    return;
                }
                _ => break,
            }
        }
        let call = match current.kind {
            ExprKind::OptionalChain(inner) => inner.unparenthesized(),
            _ => current,
        };
        self.f.tail = match call.kind {
            ExprKind::Call(call) => Some(call.arguments_start),
            ExprKind::TaggedTemplate(tagged) => Some(tagged.template_span.start),
            _ => None,
        };
        let value = self.ev(current, None);
        self.f.tail = None;
        self.at(current.span);
        self.emit_return(value);
        self.set_top(mark);
    }

    /// Marks the call about to be emitted, whose arguments start at `start`, if it is the one in tail position.
    pub(super) fn note_tail(&mut self, start: u32) {
        if self.f.tail == Some(start) {
            self.emit(Op::TailCall, &[]);
        }
    }
}
