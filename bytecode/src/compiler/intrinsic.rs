//! What builtins written in JavaScript can do beyond JavaScript: calls of names that begin with `$`.

use super::{Compiler, Reg};
use crate::opcodes::Op;
use sarus_parser::ast::{Call, ExprKind};

impl<'a> Compiler<'_, 'a> {
    /// Compiles `$push(array, v)` of a builtin: `v` is appended to an array that nobody else knows. `None` for any other call.
    pub(super) fn intrinsic(&mut self, call: &'a Call<'a>, dst: Option<Reg>) -> Option<Reg> {
        let ExprKind::Ident { name, .. } = call.callee.kind else {
            return None;
        };
        let [array, value] = call.arguments else {
            return None;
        };
        if self.parsed.names.bytes(name) != b"$push" {
            return None;
        }
        let dst = self.dst(dst);
        let mark = self.f.top;
        let array = self.ev(array, None);
        let value = self.ev(value, None);
        self.emit(Op::ArrayPush, &[array, value]);
        self.emit(Op::LoadUndefined, &[dst]);
        self.f.top = mark;
        Some(dst)
    }
}
