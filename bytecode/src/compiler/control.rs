//! Leaving statements: `break`, `continue`, `return` through `finally`, iterator closing and disposal; `try`.
//!
//! The control stack holds what a jump out of the current position has to pass. `finally` bodies are compiled once: whoever
//! enters one puts the number of its continuation in the kind register, and a jump table at the end goes on from there.

use super::scope::Store;
use super::{Compiler, Reg, Stub};
use crate::asm::Label;
use crate::code_block::NO_REGISTER;
use crate::opcodes::{CheckObjectWhat, Op, completion};
use sarus_parser::ast::{Catch, Try};
use sarus_parser::scope::BindingKind;
use sarus_parser::{Name, ScopeId};

/// An entry of the control stack.
pub(super) enum Control {
    /// A loop, labelled statement or `switch`.
    Target {
        labels: Vec<Name>,
        /// Answers to `break` without label.
        breakable: bool,
        break_to: JumpTarget,
        /// Loops only.
        continue_to: Option<JumpTarget>,
    },
    /// An iterator to be closed.
    Iterator { base: Reg, is_async: bool },
    /// A `finally`, or the disposal of a scope.
    Finally {
        label: Label,
        kind: Reg,
        value: Reg,
        level: u32,
        exits: Vec<(ExitTarget, Label)>,
    },
}

/// Where a jump goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct JumpTarget {
    pub label: Label,
    /// Height of the control stack there.
    pub depth: usize,
    /// Environment level there.
    pub level: u32,
}

/// Where control goes on after passing what is on the control stack.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ExitTarget {
    Jump(JumpTarget),
    Return,
}

impl<'a> Compiler<'_, 'a> {
    /// A target at the current height and level.
    pub(super) fn target_here(&mut self) -> JumpTarget {
        JumpTarget {
            label: self.label(),
            depth: self.f.control.len(),
            level: self.f.level,
        }
    }

    /// Goes to `target`, closing, disposing and running `finally` bodies on the way. `value` is that of a return.
    pub(super) fn exit(&mut self, target: ExitTarget, value: Option<Reg>) {
        if !self.f.asm.is_reachable() {
            return;
        }
        let (depth, level) = match target {
            ExitTarget::Jump(target) => (target.depth, target.level),
            ExitTarget::Return => (0, self.f.level),
        };
        let mark = self.f.top;
        for index in (depth..self.f.control.len()).rev() {
            match self.f.control[index] {
                Control::Target { .. } => {}
                Control::Iterator { base, is_async } => self.close_iterator(base, is_async),
                Control::Finally { .. } => {
                    self.enter_finally(index, target, value);
                    self.f.top = mark;
                    return;
                }
            }
        }
        match target {
            ExitTarget::Jump(target) => {
                self.pop_envs(level);
                self.jump(target.label);
            }
            ExitTarget::Return => {
                if let Some(value) = value {
                    self.leave(value);
                }
            }
        }
        self.f.top = mark;
    }

    fn enter_finally(&mut self, index: usize, target: ExitTarget, result: Option<Reg>) {
        let fresh = self.label();
        let Control::Finally {
            label,
            kind,
            value,
            level,
            ref mut exits,
        } = self.f.control[index]
        else {
            return;
        };
        let number = match exits.iter().position(|exit| exit.0 == target) {
            Some(number) => number,
            None => {
                exits.push((target, fresh));
                exits.len() - 1
            }
        };
        if let Some(result) = result {
            self.mov(value, result);
        }
        self.load_int(kind, completion::FIRST_EXIT + number as i32);
        self.pop_envs(level);
        self.jump(label);
    }

    pub(super) fn pop_envs(&mut self, level: u32) {
        for _ in level..self.f.level {
            self.emit(Op::PopEnv, &[]);
        }
    }

    // ------------------------------------------------------------ break and continue

    pub(super) fn break_statement(&mut self, label: Option<Name>) {
        let found = self.f.control.iter().rev().find_map(|entry| match entry {
            Control::Target {
                labels,
                breakable,
                break_to,
                ..
            } => match label {
                None => breakable.then_some(*break_to),
                Some(name) => labels.contains(&name).then_some(*break_to),
            },
            _ => None,
        });
        if let Some(target) = found {
            self.exit(ExitTarget::Jump(target), None);
        }
    }

    pub(super) fn continue_statement(&mut self, label: Option<Name>) {
        let found = self.f.control.iter().rev().find_map(|entry| match entry {
            Control::Target {
                labels,
                continue_to: Some(target),
                ..
            } => match label {
                None => Some(*target),
                Some(name) => labels.contains(&name).then_some(*target),
            },
            _ => None,
        });
        if let Some(target) = found {
            self.exit(ExitTarget::Jump(target), None);
        }
    }

    // ------------------------------------------------------------ iterators

    /// IteratorClose with a completion that is not a throw.
    pub(super) fn close_iterator(&mut self, base: Reg, is_async: bool) {
        if !is_async {
            self.emit(Op::IteratorClose, &[base]);
            return;
        }
        let done = self.label();
        let result = self.alloc();
        self.f
            .asm
            .jump(Op::IteratorCallReturn, &[result, base], done);
        self.emit(Op::Await, &[result, result]);
        self.emit(
            Op::CheckObject,
            &[result, CheckObjectWhat::IteratorReturn as u32],
        );
        self.bind(done);
        self.f.top = result;
    }

    /// Runs `body` with the iterator at `base` (four registers, the last one scratch) to be closed when it is left early.
    pub(super) fn with_iterator(
        &mut self,
        base: Reg,
        is_async: bool,
        env: Reg,
        body: impl FnOnce(&mut Self),
    ) {
        let label = self.label();
        let regions = self.f.asm.active_regions();
        let region = self.f.asm.begin_region(label, env);
        self.f.control.push(Control::Iterator { base, is_async });
        body(self);
        self.f.control.pop();
        self.f.asm.end_region(region);
        self.f.stubs.push(Stub {
            label,
            regions,
            level: self.f.level,
            base,
            is_async,
        });
    }

    /// Emits the out-of-line handlers.
    pub(super) fn finish_stubs(&mut self) {
        for stub in std::mem::take(&mut self.f.stubs) {
            self.f.asm.enter_regions(&stub.regions);
            self.f.level = stub.level;
            self.bind(stub.label);
            let error = stub.base + 3;
            self.emit(Op::Catch, &[error]);
            if stub.is_async {
                self.set_top(error + 1);
                self.close_async_silently(stub.base);
            } else {
                self.emit(Op::IteratorCloseSilent, &[stub.base]);
            }
            self.emit(Op::Throw, &[error]);
            self.f.asm.leave_regions();
        }
    }

    /// Closes an async iterator because of an exception: what `return` throws or rejects with is ignored.
    fn close_async_silently(&mut self, base: Reg) {
        let (done, ignored) = (self.label(), self.label());
        let result = self.alloc();
        let region = self.f.asm.begin_region(ignored, NO_REGISTER);
        self.f
            .asm
            .jump(Op::IteratorCallReturn, &[result, base], done);
        self.emit(Op::Await, &[result, result]);
        self.f.asm.end_region(region);
        self.jump(done);
        self.bind(ignored);
        self.emit(Op::Catch, &[result]);
        self.bind(done);
    }

    // ------------------------------------------------------------ try

    /// Saves the environment for a handler.
    pub(super) fn save_env(&mut self) -> Reg {
        let env = self.alloc_local();
        self.emit(Op::GetEnv, &[env]);
        env
    }

    pub(super) fn try_statement(&mut self, statement: &'a Try<'a>) {
        let mark = self.f.top;
        match statement.finalizer {
            None => self.try_catch(statement),
            Some(finalizer) => self.with_finally(
                |c| match statement.handler {
                    Some(_) => c.try_catch(statement),
                    None => c.block(&statement.block),
                },
                |c, _, _| {
                    let saved = c.f.completion.map(|completion| {
                        let saved = c.alloc_local();
                        c.mov(saved, completion);
                        c.emit(Op::LoadUndefined, &[completion]);
                        (completion, saved)
                    });
                    c.block(&finalizer);
                    if let Some((completion, saved)) = saved {
                        c.mov(completion, saved);
                    }
                },
            ),
        }
        self.f.top = mark;
    }

    fn try_catch(&mut self, statement: &'a Try<'a>) {
        let Some(handler) = &statement.handler else {
            return;
        };
        let env = self.save_env();
        let (catch, end) = (self.label(), self.label());
        let region = self.f.asm.begin_region(catch, env);
        self.block(&statement.block);
        self.f.asm.end_region(region);
        self.jump(end);
        self.bind(catch);
        self.catch_clause(handler);
        self.bind(end);
    }

    fn catch_clause(&mut self, handler: &'a Catch<'a>) {
        self.at(handler.span);
        let mark = self.f.top;
        let registers_only = handler.scope.is_none_or(|scope| !self.needs_env(scope));
        let early = if registers_only {
            self.enter_optional(handler.scope)
        } else {
            None
        };
        // The exception goes straight to a parameter that is a register.
        let target = match &handler.parameter {
            Some(parameter) if registers_only => self.direct_target(parameter, Store::Init),
            _ => None,
        };
        let thrown = match target {
            Some(reg) => reg,
            None => self.alloc_local(),
        };
        self.emit(Op::Catch, &[thrown]);
        self.reset_completion();
        let scope = match early {
            Some(mark) => Some(mark),
            None => self.enter_optional(handler.scope),
        };
        if let (Some(parameter), None) = (&handler.parameter, target) {
            self.destructure(parameter, thrown, Store::Init);
        }
        self.block(&handler.body);
        self.exit_optional(scope);
        self.f.top = mark;
    }

    /// Runs `body`, then `last` however `body` is left. `last` gets the registers of completion kind and value.
    pub(super) fn with_finally(
        &mut self,
        body: impl FnOnce(&mut Self),
        last: impl FnOnce(&mut Self, Reg, Reg),
    ) {
        let mark = self.f.top;
        let (kind, value) = (self.alloc_local(), self.alloc_local());
        let env = self.save_env();
        self.emit(Op::LoadUndefined, &[value]);
        let (handler, label, end) = (self.label(), self.label(), self.label());
        self.f.control.push(Control::Finally {
            label,
            kind,
            value,
            level: self.f.level,
            exits: Vec::new(),
        });
        let region = self.f.asm.begin_region(handler, env);
        body(self);
        self.f.asm.end_region(region);
        let exits = match self.f.control.pop() {
            Some(Control::Finally { exits, .. }) => exits,
            _ => Vec::new(),
        };
        self.load_int(kind, completion::NORMAL);
        self.jump(label);
        self.bind(handler);
        self.emit(Op::Catch, &[value]);
        self.load_int(kind, completion::THROW);
        self.bind(label);
        last(self, kind, value);
        if !exits.is_empty() {
            let labels = exits.iter().map(|exit| exit.1).collect();
            self.f.asm.jump_table(kind, completion::FIRST_EXIT, labels);
        }
        let normal = completion::NORMAL as u32;
        self.f.asm.jump(Op::JumpIfStrictEqImm, &[kind, normal], end);
        self.emit(Op::Throw, &[value]);
        for (target, label) in exits {
            self.bind(label);
            self.exit(target, Some(value));
        }
        self.bind(end);
        self.f.top = mark;
    }

    // ------------------------------------------------------------ using

    /// Runs `body`; if the scope declares resources they are disposed of when it is left.
    pub(super) fn with_disposal(&mut self, scope: ScopeId, body: impl FnOnce(&mut Self)) {
        let parsed = self.parsed;
        if !parsed.scopes.scope(scope).has_using {
            body(self);
            return;
        }
        let is_async = parsed
            .scopes
            .bindings_of(scope)
            .any(|(_, binding)| binding.kind == BindingKind::AwaitUsing);
        let mark = self.f.top;
        let list = self.alloc_local();
        self.emit(Op::NewDisposeList, &[list]);
        self.f.disposal.push((scope, list));
        self.with_finally(body, |c, kind, value| {
            c.f.disposal.pop();
            c.dispose(list, kind, value, is_async);
        });
        self.f.top = mark;
    }

    fn dispose(&mut self, list: Reg, kind: Reg, value: Reg, is_async: bool) {
        let (normal, next, done) = (self.label(), self.label(), self.label());
        let throw = completion::THROW as u32;
        self.f
            .asm
            .jump(Op::JumpIfStrictNotEqImm, &[kind, throw], normal);
        self.emit(Op::DisposeError, &[list, value]);
        self.bind(normal);
        let result = self.alloc();
        if is_async {
            let (failed, env) = (self.label(), NO_REGISTER);
            let live = self.f.top;
            self.f.asm.bind_loop(next, live);
            self.f.asm.jump(Op::DisposeNext, &[result, list], done);
            let region = self.f.asm.begin_region(failed, env);
            self.emit(Op::Await, &[result, result]);
            self.f.asm.end_region(region);
            self.jump(next);
            self.bind(failed);
            self.emit(Op::Catch, &[result]);
            self.emit(Op::DisposeError, &[list, result]);
            self.jump(next);
        } else {
            self.f.asm.jump(Op::DisposeNext, &[result, list], done);
        }
        self.bind(done);
        self.emit(Op::DisposeEnd, &[list]);
        self.f.top = result;
    }

    /// The list of the scope that declares a resource.
    pub(super) fn disposal_list(&self) -> Option<Reg> {
        self.f.disposal.last().map(|&(_, list)| list)
    }
}
