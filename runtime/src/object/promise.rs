//! The cells of promises and their reactions (27.2.6, 27.2.1.2).
//!
//! ```text
//! promise ── reactions ─► last added ─► … ─► first added
//!         └─ activation that awaits it, while it is pending, if that was there before all reactions
//! ```
//!
//! A reaction holds both handlers, so that a pending promise keeps one list. Handlers are callables,
//! or one Rust function with a value it works on: that is how `await` and the promise combinators
//! react without making function objects.

use super::{Object, ObjectCell};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::cell::Cell;

/// [[PromiseState]].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum PromiseState {
    /// pending
    Pending,
    /// fulfilled
    Fulfilled,
    /// rejected
    Rejected,
}

/// A reaction in Rust: its data, how the promise settled, the value or reason.
pub type NativeReaction = fn(&mut Agent, Value, PromiseState, Value) -> JsResult<()>;

/// The cell of a promise.
#[repr(C)]
pub struct PromiseCell {
    base: ObjectCell,
    state: Cell<PromiseState>,
    handled: Cell<bool>,
    /// [[AlreadyResolved]] of the first pair of resolving functions.
    resolved: Cell<bool>,
    /// [[PromiseResult]]. While the promise is pending: the activation that awaits it, to be resumed before anything reacts, or
    /// `undefined`.
    result: Cell<Value>,
    /// The reaction added last.
    reactions: Cell<Option<Gc<ReactionCell>>>,
}

// SAFETY: repr(C) with the header first; traced and sized as PromiseCell.
unsafe impl HeapCell for PromiseCell {
    const KIND: u8 = CellKind::Promise as u8;
}

impl Trace for PromiseCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.result.get());
        tracer.mark_opt(self.reactions.get());
    }
}

impl PromiseCell {
    /// [[PromiseState]].
    #[inline]
    pub fn state(&self) -> PromiseState {
        self.state.get()
    }
    /// [[PromiseResult]].
    #[inline]
    pub fn result(&self) -> Value {
        match self.state.get() {
            PromiseState::Pending => Value::UNDEFINED,
            _ => self.result.get(),
        }
    }
    /// The activation that awaits the pending promise and is the first to go on.
    #[inline]
    pub(crate) fn activation(&self) -> Option<Object> {
        match self.state.get() {
            PromiseState::Pending => self.result.get().as_object(),
            _ => None,
        }
    }
    /// Lets an activation await the promise, if that is pending and nothing else waits for it; false if not.
    #[inline]
    pub(crate) fn set_activation(&self, agent: &Agent, activation: Object) -> bool {
        let is_first = self.state.get() == PromiseState::Pending
            && self.reactions.get().is_none()
            && self.result.get().is_undefined();
        if is_first {
            agent.heap.write_barrier(&self.base.header);
            self.result.set(activation.into());
        }
        is_first
    }
    /// [[PromiseIsHandled]].
    #[inline]
    pub fn is_handled(&self) -> bool {
        self.handled.get()
    }
    /// Sets [[PromiseIsHandled]].
    #[inline]
    pub fn set_handled(&self) {
        self.handled.set(true);
    }
    /// Notes a use of the first pair of resolving functions; true if there was one before.
    #[inline]
    pub(crate) fn already_resolved(&self) -> bool {
        self.resolved.replace(true)
    }
    /// Settles the promise and takes its reactions, in the order in which they were added.
    pub(crate) fn settle(
        &self,
        agent: &Agent,
        state: PromiseState,
        result: Value,
    ) -> Option<Gc<ReactionCell>> {
        debug_assert!(self.state.get() == PromiseState::Pending);
        agent.heap.write_barrier(&self.base.header);
        self.state.set(state);
        self.result.set(result);
        let mut at = self.reactions.take();
        let mut first = None;
        while let Some(r) = at {
            at = r.next.get();
            agent.heap.write_barrier(&r.header);
            r.next.set(first);
            first = Some(r);
        }
        first
    }
    /// Whether no reactions wait.
    pub(crate) fn has_no_reactions(&self) -> bool {
        self.reactions.get().is_none()
    }
    /// The reaction of a pending promise if nothing else waits for it.
    pub(crate) fn only_reaction(&self) -> Option<Gc<ReactionCell>> {
        let r = self.reactions.get()?;
        let is_only = r.next.get().is_none() && self.result.get().is_undefined();
        (self.state.get() == PromiseState::Pending && is_only).then_some(r)
    }
    /// Adds a reaction to a pending promise.
    pub(crate) fn add_reaction(&self, agent: &Agent, r: Gc<ReactionCell>) {
        debug_assert!(r.next.get().is_none());
        agent.heap.write_barrier(&r.header);
        r.next.set(self.reactions.get());
        agent.heap.write_barrier(&self.base.header);
        self.reactions.set(Some(r));
    }
}

/// A PromiseReaction pair.
#[repr(C)]
pub struct ReactionCell {
    header: Header,
    next: Cell<Option<Gc<ReactionCell>>>,
    /// The reaction in Rust; `on_fulfilled` is then its data.
    pub(crate) native: Option<NativeReaction>,
    /// A callable or `undefined`.
    pub(crate) on_fulfilled: Value,
    /// A callable or `undefined`.
    pub(crate) on_rejected: Value,
    /// [[Capability]]: the promise, or `undefined` when there is none.
    pub(crate) promise: Value,
    /// [[Resolve]]; a hole when the promise is resolved without functions.
    pub(crate) resolve: Value,
    /// [[Reject]].
    pub(crate) reject: Value,
    /// The async context in which the reaction was added.
    pub(crate) context: Value,
}

// SAFETY: repr(C) with the header first; traced and sized as ReactionCell.
unsafe impl HeapCell for ReactionCell {
    const KIND: u8 = CellKind::PromiseReaction as u8;
}

impl Trace for ReactionCell {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.mark_opt(self.next.get());
        for v in [
            self.on_fulfilled,
            self.on_rejected,
            self.promise,
            self.resolve,
            self.reject,
            self.context,
        ] {
            mark_value(tracer, v);
        }
    }
}

impl ReactionCell {
    /// A reaction without capability.
    pub(crate) fn new(agent: &Agent, on_fulfilled: Value, on_rejected: Value) -> ReactionCell {
        ReactionCell {
            header: Header::new(ReactionCell::KIND),
            next: Cell::new(None),
            native: None,
            on_fulfilled,
            on_rejected,
            promise: Value::UNDEFINED,
            resolve: Value::UNDEFINED,
            reject: Value::UNDEFINED,
            context: agent.async_context,
        }
    }
    /// The next reaction of a list that `settle` gave.
    pub(crate) fn take_next(&self) -> Option<Gc<ReactionCell>> {
        self.next.take()
    }
}

impl Value {
    /// The reaction, if it is one.
    pub(crate) fn as_reaction(self) -> Option<Gc<ReactionCell>> {
        if self.is_kind(CellKind::PromiseReaction) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { self.cell_unchecked() })
        } else {
            None
        }
    }
    /// The promise object, if it is one.
    #[inline]
    pub fn as_promise(self) -> Option<Object> {
        self.as_object().filter(|o| o.is(CellKind::Promise))
    }
}

impl Object {
    /// The promise's cell.
    #[inline]
    pub fn promise_cell(self) -> Option<Gc<PromiseCell>> {
        if self.is(CellKind::Promise) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { self.cell() })
        } else {
            None
        }
    }
}

impl Agent {
    /// A pending promise with that prototype.
    pub fn new_promise_with(&mut self, proto: Object) -> Object {
        self.new_promise_in(proto, PromiseState::Pending, Value::UNDEFINED)
    }
    /// A promise with that prototype that is fulfilled with `v`, which is no thenable.
    pub(crate) fn new_fulfilled_promise_with(&mut self, proto: Object, v: Value) -> Object {
        self.new_promise_in(proto, PromiseState::Fulfilled, v)
    }
    #[inline]
    fn new_promise_in(&mut self, proto: Object, state: PromiseState, result: Value) -> Object {
        let shape = self.kept_root_shape(|l| &mut l.promises, CellKind::Promise, proto);
        let cell = PromiseCell {
            base: ObjectCell::head(self, shape, 0),
            state: Cell::new(state),
            handled: Cell::new(false),
            resolved: Cell::new(state != PromiseState::Pending),
            result: Cell::new(result),
            reactions: Cell::new(None),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a PromiseCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
}
