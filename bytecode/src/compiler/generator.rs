//! `yield`, `yield*`.

use super::control::ExitTarget;
use super::{Compiler, Reg};
use crate::asm::Label;
use crate::code_block::{IcKind, NO_REGISTER};
use crate::js_str::JsStr;
use crate::opcodes::{CheckObjectWhat, Op};
use sarus_parser::ast::Expr;

/// Resumption modes in the mode register of `YieldDelegate`.
const THROW: u32 = 1;
const RETURN: u32 = 2;

/// Registers and labels of a `yield*` loop.
struct Delegation {
    base: Reg,
    received: Reg,
    mode: Reg,
    result: Reg,
    window: Reg,
    is_async: bool,
    got: Label,
    again: Label,
}

impl<'a> Compiler<'_, 'a> {
    pub(super) fn yield_expression(&mut self, argument: Option<&'a Expr<'a>>, dst: Reg) {
        let is_async = self.f.flags.is_async();
        let position = self.f.asm.position();
        let value = match argument {
            Some(argument) => self.ev(argument, None),
            None => {
                let value = self.alloc();
                self.emit(Op::LoadUndefined, &[value]);
                value
            }
        };
        self.f.asm.set_position(position);
        let value = if is_async {
            let awaited = self.alloc();
            self.emit(Op::Await, &[awaited, value]);
            awaited
        } else {
            value
        };
        // What a `return` resumption sends must not appear in a variable.
        let result = self.scratch_for(dst);
        let near = if result > 0xFF {
            self.f.asm.scratch_register()
        } else {
            result
        };
        let next = self.label();
        self.f.asm.jump(Op::Yield, &[near, value], next);
        if is_async {
            self.emit(Op::Await, &[near, near]);
        }
        let returned = self.alloc();
        self.mov(returned, near);
        self.exit(ExitTarget::Return, Some(returned));
        self.bind(next);
        self.mov(dst, near);
    }

    /// `yield* argument`
    pub(super) fn yield_delegate(&mut self, argument: &'a Expr<'a>, dst: Reg) {
        let is_async = self.f.flags.is_async();
        let position = self.f.asm.position();
        let base = self.alloc_local();
        for _ in 0..3 {
            self.alloc_local();
        }
        let iterable = self.ev(argument, None);
        self.at_point(argument.span, position.point);
        let slot = self.slot(IcKind::Iterator);
        let op = if is_async {
            Op::GetAsyncIterator
        } else {
            Op::GetIteratorObject
        };
        self.emit(op, &[iterable, base, slot]);
        self.set_top(base + 4);
        self.f.asm.set_position(position);
        let (received, mode, result) = (self.alloc_local(), self.alloc_local(), self.alloc_local());
        debug_assert_eq!(received as usize, base as usize + crate::DELEGATE_RECORD);
        let window = self.f.top;
        self.set_top(window + 10);
        let (got, again) = (self.label(), self.label());
        let delegation = Delegation {
            base,
            received,
            mode,
            result,
            window,
            is_async,
            got,
            again,
        };
        self.emit(Op::LoadUndefined, &[received]);
        self.load_int(mode, 0);
        let live = self.f.top;
        let top = self.label();
        self.f.asm.bind_loop(top, live);
        self.delegate_steps(&delegation, top, dst);
    }

    fn delegate_steps(&mut self, d: &Delegation, top: Label, dst: Reg) {
        let (throw, ret, done, suspend) = (self.label(), self.label(), self.label(), self.label());
        self.f
            .asm
            .jump(Op::JumpIfStrictEqImm, &[d.mode, THROW], throw);
        self.f
            .asm
            .jump(Op::JumpIfStrictEqImm, &[d.mode, RETURN], ret);
        self.mov(d.window, d.base + 1);
        self.delegate_call(d);
        self.bind(d.got);
        self.delegate_result(d);
        let flag = self.alloc();
        self.get_text(flag, d.result, "done");
        self.f.asm.jump(Op::JumpIfTrue, &[flag], done);
        self.bind(suspend);
        self.delegate_suspend(d);
        self.jump(top);

        self.bind(throw);
        let missing = self.label();
        self.get_text(d.window, d.base, "throw");
        self.f.asm.jump(Op::JumpIfNullish, &[d.window], missing);
        self.delegate_call(d);
        self.jump(d.got);
        self.bind(missing);
        self.close_iterator(d.base, d.is_async);
        let message = self.string_constant(JsStr::from(
            "The iterator does not provide a 'throw' method",
        ));
        self.emit(Op::ThrowError, &[1, message]);

        self.bind(ret);
        let missing = self.label();
        self.get_text(d.window, d.base, "return");
        self.f.asm.jump(Op::JumpIfNullish, &[d.window], missing);
        self.delegate_call(d);
        self.delegate_result(d);
        self.get_text(flag, d.result, "done");
        self.f.asm.jump(Op::JumpIfFalse, &[flag], d.again);
        self.get_text(d.received, d.result, "value");
        self.exit(ExitTarget::Return, Some(d.received));
        self.bind(missing);
        if d.is_async {
            self.emit(Op::Await, &[d.received, d.received]);
        }
        self.exit(ExitTarget::Return, Some(d.received));
        // The inner iterator goes on after `return`: suspend again, out of line.
        self.bind(d.again);
        self.delegate_suspend(d);
        self.jump(top);

        self.bind(done);
        self.get_text(dst, d.result, "value");
    }

    /// Calls the method in the window with the received value.
    fn delegate_call(&mut self, d: &Delegation) {
        self.mov(d.window + 8, d.base);
        self.mov(d.window + 9, d.received);
        let slot = self.slot(IcKind::Call);
        self.emit(Op::CallMethod, &[d.result, d.window, slot, 1]);
    }

    fn delegate_result(&mut self, d: &Delegation) {
        if d.is_async {
            self.emit(Op::Await, &[d.result, d.result]);
        }
        self.emit(
            Op::CheckObject,
            &[d.result, CheckObjectWhat::IteratorResult as u32],
        );
    }

    fn delegate_suspend(&mut self, d: &Delegation) {
        if !d.is_async {
            self.emit(Op::YieldDelegate, &[d.received, d.result, d.mode]);
            return;
        }
        let value = self.alloc();
        self.get_text(value, d.result, "value");
        self.emit(Op::YieldDelegate, &[d.received, value, d.mode]);
        self.f.top = value;
        // A `return` resumption's value is awaited; a rejection turns it into a `throw`.
        let (failed, end) = (self.label(), self.label());
        self.f
            .asm
            .jump(Op::JumpIfStrictNotEqImm, &[d.mode, RETURN], end);
        let region = self.f.asm.begin_region(failed, NO_REGISTER);
        self.emit(Op::Await, &[d.received, d.received]);
        self.f.asm.end_region(region);
        self.jump(end);
        self.bind(failed);
        self.emit(Op::Catch, &[d.received]);
        self.load_int(d.mode, THROW as i32);
        self.bind(end);
    }

    fn get_text(&mut self, dst: Reg, object: Reg, name: &'static str) {
        let constant = self.string_constant(JsStr::from(name));
        let slot = self.slot(IcKind::GetProp);
        self.emit(Op::GetProp, &[dst, object, slot, constant]);
    }
}
