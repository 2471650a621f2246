//! Promise objects (27.2): the constructor, the abstract operations and the prototype.
//!
//! Promises of the current realm's %Promise% are resolved without making resolving functions unless
//! something asks for them; `await` reacts through `perform_promise_then_native` without any.

use super::promise_combinators as combinators;
use super::promise_pristine;
use super::table::{ClassSpec, getter, method, tag};
use crate::abstract_ops::{
    create_data_property, display_value, get, get_function_realm, invoke, prototype_for_new,
    species_constructor,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::function::NativeFn;
use crate::host::RejectionOperation;
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::accessor_parts;
use crate::object::ordinary::{Lookup, lookup_own};
pub use crate::object::promise::PromiseState;
use crate::object::promise::{NativeReaction, ReactionCell};
use crate::property::PropertyKey;
use crate::realm::{Intrinsic, Realm};
use crate::value::Value;
use sarus_gc::Gc;

/// %Promise%
pub static PROMISE: ClassSpec = ClassSpec {
    statics: &[
        method("all", 1, combinators::all),
        method("allSettled", 1, combinators::all_settled),
        method("any", 1, combinators::any),
        method("race", 1, combinators::race),
        method("resolve", 1, resolve_static),
        method("reject", 1, reject_static),
        method("withResolvers", 0, with_resolvers),
        method("try", 1, try_static),
        method("allKeyed", 1, combinators::all_keyed),
        method("allSettledKeyed", 1, combinators::all_settled_keyed),
        getter("@@species", species),
    ],
    methods: &[
        method("then", 2, then),
        method("catch", 1, catch),
        method("finally", 1, finally),
        tag("Promise"),
    ],
    ..ClassSpec::new(
        Intrinsic::Promise,
        Intrinsic::PromisePrototype,
        "Promise",
        1,
        constructor,
    )
};

/// 27.2.1.1 PromiseCapability Record. Keep it on the stack or in a traced cell.
#[derive(Copy, Clone, Debug)]
pub struct PromiseCapability {
    /// [[Promise]]
    pub promise: Object,
    /// [[Resolve]]; a hole when the promise is resolved without functions.
    resolve: Value,
    /// [[Reject]]
    reject: Value,
}

impl PromiseCapability {
    /// The capability of a promise that the engine made, without resolving functions.
    pub fn of_promise(promise: Object) -> PromiseCapability {
        PromiseCapability {
            promise,
            resolve: Value::HOLE,
            reject: Value::HOLE,
        }
    }
    /// From stored parts.
    pub(crate) fn from_parts(promise: Object, resolve: Value, reject: Value) -> PromiseCapability {
        PromiseCapability {
            promise,
            resolve,
            reject,
        }
    }
    /// Promise, resolve and reject, for storing.
    pub(crate) fn parts(&self) -> [Value; 3] {
        [self.promise.into(), self.resolve, self.reject]
    }
    /// Calls [[Resolve]].
    pub fn resolve(&self, agent: &mut Agent, v: Value) -> JsResult<()> {
        if !self.resolve.is_hole() {
            return agent.call(self.resolve, Value::UNDEFINED, &[v]).map(|_| ());
        }
        match self.promise.promise_cell() {
            Some(cell) if !cell.already_resolved() => resolve_promise(agent, self.promise, v),
            _ => Ok(()),
        }
    }
    /// Calls [[Reject]].
    pub fn reject(&self, agent: &mut Agent, reason: Value) -> JsResult<()> {
        if !self.resolve.is_hole() {
            return agent
                .call(self.reject, Value::UNDEFINED, &[reason])
                .map(|_| ());
        }
        if let Some(cell) = self.promise.promise_cell()
            && !cell.already_resolved()
        {
            reject_promise(agent, self.promise, reason);
        }
        Ok(())
    }
    /// Makes the resolving functions if there are none yet; they share [[AlreadyResolved]] with the
    /// resolution without functions.
    pub fn functions(&mut self, agent: &mut Agent) -> (Value, Value) {
        if self.resolve.is_hole() {
            (self.resolve, self.reject) = first_resolving_functions(agent, self.promise);
        }
        (self.resolve, self.reject)
    }
    /// IfAbruptRejectPromise's second half: rejects with the exception under way and gives the
    /// promise.
    pub fn reject_with_exception(&self, agent: &mut Agent, t: Throw) -> JsResult<Value> {
        let Some(e) = agent.take_exception() else {
            return Err(t);
        };
        self.reject(agent, e)?;
        Ok(self.promise.into())
    }
}

/// A pending promise of the current realm.
pub fn new_promise(agent: &mut Agent) -> Object {
    let proto = agent.intrinsic(Intrinsic::PromisePrototype);
    agent.new_promise_with(proto)
}

/// A promise of the current realm that is fulfilled with `v`, which is no thenable.
pub fn new_fulfilled_promise(agent: &mut Agent, v: Value) -> Object {
    let proto = agent.intrinsic(Intrinsic::PromisePrototype);
    agent.new_fulfilled_promise_with(proto, v)
}

/// The value of a fulfilled promise that something waits for from here on, if nothing needs to be told when it settles.
pub fn fulfilled_value(promise: Object) -> Option<Value> {
    let cell = promise.promise_cell()?;
    if cell.state() != PromiseState::Fulfilled {
        return None;
    }
    cell.set_handled();
    Some(cell.result())
}

/// What goes on when a promise settles, as far as stack traces tell it.
#[derive(Copy, Clone)]
pub enum Awaiter {
    /// A suspended async function, async generator or module.
    Activation(Object),
    /// An element of a combinator (`Promise.all` …): the combinator's number, the index, the promise it gave.
    Combinator(Value, u32, Object),
    /// A promise that follows.
    Promise(Object),
}

fn awaiter_of(r: Gc<ReactionCell>) -> Option<Awaiter> {
    let Some(run) = r.native else {
        // What a resolving function captured is the promise it resolves.
        let resolves = r
            .on_fulfilled
            .as_object()
            .and_then(Object::as_native)
            .and_then(|n| n.data().as_promise());
        return resolves.or(r.promise.as_promise()).map(Awaiter::Promise);
    };
    let data = r.on_fulfilled.as_object()?;
    if data.as_generator().is_some() {
        return Some(Awaiter::Activation(data));
    }
    if data.is(CellKind::Promise) {
        return Some(Awaiter::Promise(data));
    }
    combinators::awaiter_of_element(run, data)
}

/// What the running job is a reaction of, if it is one.
pub fn current_reaction(agent: &Agent) -> Option<Awaiter> {
    let what = agent.jobs.current?;
    match what.as_reaction() {
        Some(r) => awaiter_of(r),
        // A job of `await`.
        None => {
            let activation = what.as_object().filter(|o| o.as_generator().is_some());
            activation.map(Awaiter::Activation)
        }
    }
}

/// Who waits for a pending promise, if it is exactly one.
pub fn awaiter(promise: Object) -> Option<Awaiter> {
    let cell = promise.promise_cell()?;
    match cell.activation() {
        Some(activation) => cell
            .has_no_reactions()
            .then_some(Awaiter::Activation(activation)),
        None => awaiter_of(cell.only_reaction()?),
    }
}

/// The promise that an activation's end settles; the first request's of an async generator.
pub fn activation_promise(activation: Object) -> Option<Object> {
    let payload = activation.as_generator()?.payload();
    payload.as_promise().or_else(|| {
        let queue = payload.as_object().filter(|q| q.is(CellKind::Array))?;
        queue.dense_element(2).as_promise()
    })
}

/// The state of a promise; pending for other objects.
pub fn promise_state(o: Object) -> PromiseState {
    o.promise_cell()
        .map_or(PromiseState::Pending, |c| c.state())
}

/// The value or reason of a settled promise.
pub fn promise_result(o: Object) -> Value {
    o.promise_cell().map_or(Value::UNDEFINED, |c| c.result())
}

/// 27.2.1.4 FulfillPromise.
pub fn fulfill_promise(agent: &mut Agent, promise: Object, v: Value) {
    settle(agent, promise, PromiseState::Fulfilled, v);
}

/// 27.2.1.7 RejectPromise.
pub fn reject_promise(agent: &mut Agent, promise: Object, reason: Value) {
    settle(agent, promise, PromiseState::Rejected, reason);
}

fn settle(agent: &mut Agent, promise: Object, state: PromiseState, v: Value) {
    let Some(cell) = promise.promise_cell() else {
        return;
    };
    if cell.state() != PromiseState::Pending {
        return;
    }
    let activation = cell.activation();
    let mut next = cell.settle(agent, state, v);
    if state == PromiseState::Rejected && !cell.is_handled() {
        track_rejection(agent, promise, RejectionOperation::Reject);
    }
    if let Some(activation) = activation {
        continue_activation(agent, activation, state, v, Value::UNDEFINED);
    }
    // 27.2.1.8 TriggerPromiseReactions
    while let Some(r) = next {
        next = r.take_next();
        enqueue_reaction(agent, r, state, v);
    }
}

#[cold]
fn track_rejection(agent: &mut Agent, promise: Object, operation: RejectionOperation) {
    agent.host.promise_rejection(promise, operation);
}

/// The steps of a promise resolve function (27.2.1.3.2) after the check of [[AlreadyResolved]].
pub fn resolve_promise(agent: &mut Agent, promise: Object, resolution: Value) -> JsResult<()> {
    let Some(o) = resolution.as_object() else {
        fulfill_promise(agent, promise, resolution);
        return Ok(());
    };
    if o == promise {
        let t = agent.type_error("Chaining cycle detected for promise #<Promise>");
        return reject_with_thrown(agent, promise, t);
    }
    let then = match promise_pristine::inherited_then(agent, o) {
        Some(then) => then,
        None => {
            let key = agent.names.then;
            match get(agent, o, key) {
                Ok(then) => then,
                Err(t) => return reject_with_thrown(agent, promise, t),
            }
        }
    };
    if !then.is_callable() {
        fulfill_promise(agent, promise, resolution);
        return Ok(());
    }
    // 27.2.2.2 NewPromiseResolveThenableJob
    let realm = handler_realm(agent, then);
    let values = [promise.into(), resolution, then, agent.async_context];
    agent.enqueue_job(resolve_thenable_job, values, realm);
    Ok(())
}

fn reject_with_thrown(agent: &mut Agent, promise: Object, t: Throw) -> JsResult<()> {
    match agent.take_exception() {
        Some(e) => {
            reject_promise(agent, promise, e);
            Ok(())
        }
        None => Err(t),
    }
}

/// The realm of a handler's job: the handler's own, or the current one for a revoked proxy.
fn handler_realm(agent: &mut Agent, handler: Value) -> Option<Realm> {
    let f = handler.as_object()?;
    match get_function_realm(agent, f) {
        Ok(r) => Some(r),
        Err(_) => {
            agent.take_exception();
            Some(agent.realm)
        }
    }
}

/// 27.2.2.2: the job calls `then` of the resolution with resolving functions of the promise.
fn resolve_thenable_job(agent: &mut Agent, values: &[Value; 4]) -> JsResult<()> {
    let [promise, thenable, then, context] = *values;
    let Some(promise) = promise.as_object() else {
        return Ok(());
    };
    let saved = std::mem::replace(&mut agent.async_context, context);
    let result = call_then(agent, promise, thenable, then);
    agent.async_context = saved;
    result
}

fn call_then(agent: &mut Agent, promise: Object, thenable: Value, then: Value) -> JsResult<()> {
    if let Some(p) = thenable.as_promise()
        && is_intrinsic_then(agent, then)
        && has_intrinsic_species(agent, p)
    {
        // Neither the resolving functions nor the promise that `then` returns would be seen.
        perform_promise_then_native(agent, p, adopt, promise.into());
        return Ok(());
    }
    let (resolve, reject) = create_resolving_functions(agent, promise);
    match agent.call(then, thenable, &[resolve, reject]) {
        Ok(_) => Ok(()),
        Err(t) => match agent.take_exception() {
            Some(e) => agent.call(reject, Value::UNDEFINED, &[e]).map(|_| ()),
            None => Err(t),
        },
    }
}

/// Makes the promise `data` follow one that settled.
fn adopt(agent: &mut Agent, data: Value, state: PromiseState, v: Value) -> JsResult<()> {
    let Some(promise) = data.as_object() else {
        return Ok(());
    };
    match state {
        PromiseState::Rejected => reject_promise(agent, promise, v),
        _ => resolve_promise(agent, promise, v)?,
    }
    Ok(())
}

/// The functions that a promise starts with: [[AlreadyResolved]] is in the promise.
fn first_resolving_functions(agent: &mut Agent, promise: Object) -> (Value, Value) {
    let p = promise.into();
    let resolve = agent.new_native_closure(
        |agent, cx| {
            if let Some(p) = cx.data().as_object()
                && p.promise_cell().is_some_and(|c| !c.already_resolved())
            {
                resolve_promise(agent, p, cx.arg(0))?;
            }
            Ok(Value::UNDEFINED)
        },
        1,
        p,
    );
    let reject = agent.new_native_closure(
        |agent, cx| {
            if let Some(p) = cx.data().as_object()
                && p.promise_cell().is_some_and(|c| !c.already_resolved())
            {
                reject_promise(agent, p, cx.arg(0));
            }
            Ok(Value::UNDEFINED)
        },
        1,
        p,
    );
    (resolve.into(), reject.into())
}

/// 27.2.1.3 CreateResolvingFunctions with a record of their own.
fn create_resolving_functions(agent: &mut Agent, promise: Object) -> (Value, Value) {
    let record = context(agent, &[promise.into(), Value::FALSE]).into();
    let resolve = agent.new_native_closure(
        |agent, cx| {
            if let Some(p) = take_unresolved(agent, cx) {
                resolve_promise(agent, p, cx.arg(0))?;
            }
            Ok(Value::UNDEFINED)
        },
        1,
        record,
    );
    let reject = agent.new_native_closure(
        |agent, cx| {
            if let Some(p) = take_unresolved(agent, cx) {
                reject_promise(agent, p, cx.arg(0));
            }
            Ok(Value::UNDEFINED)
        },
        1,
        record,
    );
    (resolve.into(), reject.into())
}

/// The promise of a resolving function that was not used yet.
fn take_unresolved(agent: &mut Agent, cx: &CallArgs) -> Option<Object> {
    let record = cx.data().as_object()?;
    if record.field(1).is_true() {
        return None;
    }
    record.set_field(agent, 1, Value::TRUE);
    record.field(0).as_object()
}

/// An internal record of up to eight values that native closures share; never visible to JavaScript.
#[inline(always)]
pub(crate) fn context<const N: usize>(agent: &mut Agent, values: &[Value; N]) -> Object {
    let fields: [Value; 8] =
        std::array::from_fn(|i| values.get(i).copied().unwrap_or(Value::UNDEFINED));
    agent.new_fields_object(CellKind::Fields, None, fields)
}

/// 27.2.1.5 NewPromiseCapability.
pub fn new_promise_capability(agent: &mut Agent, c: Value) -> JsResult<PromiseCapability> {
    let Some(c) = c.as_object().filter(|c| c.is_constructor()) else {
        let text = display_value(agent, c);
        return Err(agent.type_error(format!("{text} is not a constructor")));
    };
    if c == agent.intrinsic(Intrinsic::Promise) {
        return Ok(PromiseCapability::of_promise(new_promise(agent)));
    }
    let record = context(agent, &[]);
    let executor = agent.new_native_closure(capabilities_executor, 2, record.into());
    let promise = agent.construct(c, &[executor.into()])?;
    let (resolve, reject) = (record.field(0), record.field(1));
    if !resolve.is_callable() || !reject.is_callable() {
        return Err(agent.type_error("Promise resolve or reject function is not callable"));
    }
    Ok(PromiseCapability {
        promise,
        resolve,
        reject,
    })
}

fn capabilities_executor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if let Some(record) = cx.data().as_object() {
        if !record.field(0).is_undefined() || !record.field(1).is_undefined() {
            return Err(agent.type_error(
                "Promise executor has already been invoked with non-undefined arguments",
            ));
        }
        record.set_field(agent, 0, cx.arg(0));
        record.set_field(agent, 1, cx.arg(1));
    }
    Ok(Value::UNDEFINED)
}

/// 27.2.4.7.1 PromiseResolve.
pub fn promise_resolve(agent: &mut Agent, c: Object, x: Value) -> JsResult<Object> {
    if let Some(p) = x.as_promise() {
        let constructor = match promise_pristine::inherited_constructor(agent, p) {
            Some(constructor) => constructor,
            None => {
                let key = agent.names.constructor;
                get(agent, p, key)?
            }
        };
        if constructor == c.into() {
            return Ok(p);
        }
    }
    resolve_in_new(agent, c, x)
}

/// PromiseResolve of what is no promise of that constructor.
pub fn resolve_in_new(agent: &mut Agent, c: Object, x: Value) -> JsResult<Object> {
    if !x.is_object() && c == agent.intrinsic(Intrinsic::Promise) {
        return Ok(new_fulfilled_promise(agent, x));
    }
    let capability = new_promise_capability(agent, c.into())?;
    capability.resolve(agent, x)?;
    Ok(capability.promise)
}

/// The promise that `await` waits for: PromiseResolve(%Promise%, x).
pub fn promise_resolve_intrinsic(agent: &mut Agent, x: Value) -> JsResult<Object> {
    if !x.is_object() {
        return Ok(new_fulfilled_promise(agent, x));
    }
    let c = agent.intrinsic(Intrinsic::Promise);
    promise_resolve(agent, c, x)
}

/// 27.2.5.4.1 PerformPromiseThen. Returns the promise of the capability, or `undefined`.
pub fn perform_promise_then(
    agent: &mut Agent,
    promise: Object,
    on_fulfilled: Value,
    on_rejected: Value,
    result_capability: Option<PromiseCapability>,
) -> Value {
    let callable = |v: Value| {
        if v.is_callable() { v } else { Value::UNDEFINED }
    };
    let mut reaction = ReactionCell::new(agent, callable(on_fulfilled), callable(on_rejected));
    let mut result = Value::UNDEFINED;
    if let Some(c) = result_capability {
        [reaction.promise, reaction.resolve, reaction.reject] = c.parts();
        result = reaction.promise;
    }
    add_reaction(agent, promise, reaction);
    result
}

/// PerformPromiseThen without a result: when the promise settles, a job calls `run` with `data`.
/// What `run` throws is dropped, except engine faults.
pub fn perform_promise_then_native(
    agent: &mut Agent,
    promise: Object,
    run: NativeReaction,
    data: Value,
) {
    let mut reaction = ReactionCell::new(agent, data, Value::UNDEFINED);
    reaction.native = Some(run);
    add_reaction(agent, promise, reaction);
}

/// What `await` of a promise does when it waits: as [`perform_promise_then_native`] for the suspended activation.
pub fn await_promise(agent: &mut Agent, promise: Object, activation: Object, run: NativeReaction) {
    // Without anything to remember no reaction is needed.
    if agent.async_context.is_undefined()
        && let Some(cell) = promise.promise_cell()
        && cell.set_activation(agent, activation)
    {
        cell.set_handled();
        return;
    }
    perform_promise_then_native(agent, promise, run, activation.into());
}

/// Enqueues the job of an `await` whose promise is settled.
pub fn continue_activation(
    agent: &mut Agent,
    activation: Object,
    state: PromiseState,
    v: Value,
    context: Value,
) {
    let rejected = Value::bool(state == PromiseState::Rejected);
    let run = agent.hooks.awaited;
    agent.enqueue_job(run, [activation.into(), v, rejected, context], None);
}

/// Whether what `await` asks of a promise, its `constructor`, is %Promise% of the current realm, and asking runs no JavaScript.
#[inline]
pub fn is_plain(agent: &mut Agent, promise: Object) -> bool {
    promise_pristine::inherited_constructor(agent, promise)
        .is_some_and(|c| c == agent.intrinsic(Intrinsic::Promise).into())
}

/// Inlined, so that the reaction is made where it stays: copied right after it was written it would keep the processor waiting.
#[inline(always)]
fn add_reaction(agent: &mut Agent, promise: Object, reaction: ReactionCell) {
    let reaction = agent.heap.alloc(reaction);
    wait_with(agent, promise, reaction);
}

fn wait_with(agent: &mut Agent, promise: Object, reaction: Gc<ReactionCell>) {
    let Some(cell) = promise.promise_cell() else {
        return;
    };
    let state = cell.state();
    if state == PromiseState::Pending {
        cell.add_reaction(agent, reaction);
    } else {
        if state == PromiseState::Rejected && !cell.is_handled() {
            track_rejection(agent, promise, RejectionOperation::Handle);
        }
        enqueue_reaction(agent, reaction, state, cell.result());
    }
    cell.set_handled();
}

/// 27.2.2.1 NewPromiseReactionJob and HostEnqueuePromiseJob.
fn enqueue_reaction(agent: &mut Agent, r: Gc<ReactionCell>, state: PromiseState, v: Value) {
    let (run, realm): (crate::jobs::JobFn, _) = if r.native.is_some() {
        (native_reaction_job, None)
    } else {
        let handler = if state == PromiseState::Rejected {
            r.on_rejected
        } else {
            r.on_fulfilled
        };
        (reaction_job, handler_realm(agent, handler))
    };
    let values = [
        Value::cell(r),
        v,
        Value::bool(state == PromiseState::Rejected),
        Value::UNDEFINED,
    ];
    agent.enqueue_job(run, values, realm);
}

fn native_reaction_job(agent: &mut Agent, values: &[Value; 4]) -> JsResult<()> {
    let Some(r) = values[0].as_reaction() else {
        return Ok(());
    };
    let Some(run) = r.native else {
        return Ok(());
    };
    let state = if values[2].is_true() {
        PromiseState::Rejected
    } else {
        PromiseState::Fulfilled
    };
    let saved = std::mem::replace(&mut agent.async_context, r.context);
    let result = run(agent, r.on_fulfilled, state, values[1]);
    agent.async_context = saved;
    match result {
        Err(t) if agent.fault.is_some() => Err(t),
        _ => Ok(()),
    }
}

fn reaction_job(agent: &mut Agent, values: &[Value; 4]) -> JsResult<()> {
    let Some(r) = values[0].as_reaction() else {
        return Ok(());
    };
    let saved = std::mem::replace(&mut agent.async_context, r.context);
    let result = run_reaction(agent, r, values[1], values[2].is_true());
    agent.async_context = saved;
    result
}

fn run_reaction(agent: &mut Agent, r: Gc<ReactionCell>, v: Value, rejected: bool) -> JsResult<()> {
    let handler = if rejected {
        r.on_rejected
    } else {
        r.on_fulfilled
    };
    let capability = r
        .promise
        .as_object()
        .map(|p| PromiseCapability::from_parts(p, r.resolve, r.reject));
    let (value, rejected) = if handler.is_undefined() {
        (v, rejected)
    } else {
        match agent.call(handler, Value::UNDEFINED, &[v]) {
            Ok(v) => (v, false),
            Err(t) => match agent.take_exception() {
                Some(e) => (e, true),
                None => return Err(t),
            },
        }
    };
    match capability {
        None => Ok(()),
        Some(c) if rejected => c.reject(agent, value),
        Some(c) => c.resolve(agent, value),
    }
}

/// True for %Promise.prototype.then% of the current realm.
pub(crate) fn is_intrinsic_then(agent: &Agent, f: Value) -> bool {
    is_native(agent, f, then)
}

/// True for %Promise.resolve% of the current realm.
pub(crate) fn is_intrinsic_resolve(agent: &Agent, f: Value) -> bool {
    is_native(agent, f, resolve_static)
}

fn is_native(agent: &Agent, f: Value, function: NativeFn) -> bool {
    f.as_object()
        .and_then(Object::as_native)
        .is_some_and(|n| std::ptr::fn_addr_eq(n.function(), function) && n.realm() == agent.realm)
}

/// True when SpeciesConstructor of the promise gives the current realm's %Promise% and finding that
/// out runs no JavaScript.
pub(crate) fn has_intrinsic_species(agent: &mut Agent, p: Object) -> bool {
    if let Some(species) = promise_pristine::inherits_species(agent, p) {
        return species;
    }
    let proto = agent.intrinsic(Intrinsic::PromisePrototype);
    let shape = p.shape(agent);
    if shape.prototype_object() != Some(proto) || shape.property_count() != 0 {
        return false;
    }
    let c = agent.intrinsic(Intrinsic::Promise);
    let key = agent.names.constructor;
    match lookup_own(agent, proto, key) {
        Lookup::Data(v, _) if v == c.into() => intrinsic_species_getter(agent, c),
        _ => false,
    }
}

fn intrinsic_species_getter(agent: &mut Agent, c: Object) -> bool {
    let key = PropertyKey::symbol(agent.symbols.species);
    match lookup_own(agent, c, key) {
        Lookup::Accessor(pair, _) => is_species_getter(agent, pair),
        _ => false,
    }
}

/// Whether a pair has %Promise%'s own getter of `@@species`.
pub(super) fn is_species_getter(agent: &Agent, pair: Value) -> bool {
    is_native(agent, accessor_parts(pair).0, species)
}

/// SpeciesConstructor(promise, %Promise%).
fn promise_species(agent: &mut Agent, o: Object) -> JsResult<Object> {
    if o.is(CellKind::Promise) && has_intrinsic_species(agent, o) {
        return Ok(agent.intrinsic(Intrinsic::Promise));
    }
    species_constructor(agent, o, Intrinsic::Promise)
}

/// 27.2.3.1 Promise ( executor )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if !cx.is_construct() {
        return Err(agent.type_error("Promise constructor cannot be invoked without 'new'"));
    }
    let executor = cx.arg(0);
    if !executor.is_callable() {
        let text = display_value(agent, executor);
        let text = text.trim_matches('"');
        return Err(agent.type_error(format!("Promise resolver {text} is not a function")));
    }
    // The `prototype` of the constructor itself cannot be changed.
    let own = cx.new_target() == cx.callee().into();
    let proto = match own {
        true => agent.intrinsic(Intrinsic::PromisePrototype),
        false => prototype_for_new(agent, cx.new_target(), Intrinsic::PromisePrototype)?,
    };
    let promise = agent.new_promise_with(proto);
    let (resolve, reject) = first_resolving_functions(agent, promise);
    if let Err(t) = agent.call(executor, Value::UNDEFINED, &[resolve, reject]) {
        return PromiseCapability::of_promise(promise).reject_with_exception(agent, t);
    }
    Ok(promise.into())
}

/// The receiver of the static functions, which must be an object.
pub(crate) fn receiver(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    match cx.this().as_object() {
        Some(c) => Ok(c),
        None => Err(agent.type_error(format!("{name} called on non-object"))),
    }
}

/// 27.2.4.6 Promise.reject ( r )
fn reject_static(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let c = receiver(agent, cx, "PromiseReject")?;
    let capability = new_promise_capability(agent, c.into())?;
    capability.reject(agent, cx.arg(0))?;
    Ok(capability.promise.into())
}

/// 27.2.4.7 Promise.resolve ( x )
fn resolve_static(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let c = receiver(agent, cx, "PromiseResolve")?;
    Ok(promise_resolve(agent, c, cx.arg(0))?.into())
}

/// 27.2.4.8 Promise.try ( callback, ...args )
fn try_static(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let c = receiver(agent, cx, "Promise.try")?;
    let capability = new_promise_capability(agent, c.into())?;
    match agent.call(cx.arg(0), Value::UNDEFINED, cx.rest(1)) {
        Ok(v) => capability.resolve(agent, v)?,
        Err(t) => return capability.reject_with_exception(agent, t),
    }
    Ok(capability.promise.into())
}

/// 27.2.4.9 Promise.withResolvers ( )
fn with_resolvers(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let mut capability = new_promise_capability(agent, cx.this())?;
    let (resolve, reject) = capability.functions(agent);
    let o = agent.new_plain_object();
    let fields = [
        (agent.names.promise, capability.promise.into()),
        (agent.names.resolve, resolve),
        (agent.names.reject, reject),
    ];
    for (key, v) in fields {
        create_data_property(agent, o, key, v)?;
    }
    Ok(o.into())
}

/// 27.2.4.10 get Promise [ %Symbol.species% ]
fn species(_: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(cx.this())
}

/// 27.2.5.1 Promise.prototype.catch ( onRejected )
fn catch(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let key = agent.names.then;
    invoke(agent, cx.this(), key, &[Value::UNDEFINED, cx.arg(0)])
}

/// 27.2.5.3 Promise.prototype.finally ( onFinally )
fn finally(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(promise) = cx.this().as_object() else {
        return Err(agent.type_error("Promise.prototype.finally called on a non-object"));
    };
    let c = promise_species(agent, promise)?;
    let on_finally = cx.arg(0);
    let (mut fulfilled, mut rejected) = (on_finally, on_finally);
    if on_finally.is_callable() {
        let record = context(agent, &[on_finally, c.into()]).into();
        fulfilled = agent.new_native_closure(then_finally, 1, record).into();
        rejected = agent.new_native_closure(catch_finally, 1, record).into();
    }
    let key = agent.names.then;
    invoke(agent, promise.into(), key, &[fulfilled, rejected])
}

fn then_finally(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    after_finally(agent, cx, |_, cx| Ok(cx.data()))
}

fn catch_finally(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    after_finally(agent, cx, |agent, cx| Err(agent.throw(cx.data())))
}

/// Calls onFinally, waits for what it returns and goes on with `thunk`, a function of the original
/// value or reason.
fn after_finally(agent: &mut Agent, cx: &CallArgs, thunk: NativeFn) -> JsResult<Value> {
    let Some(record) = cx.data().as_object() else {
        return Ok(Value::UNDEFINED);
    };
    let result = agent.call(record.field(0), Value::UNDEFINED, &[])?;
    let Some(c) = record.field(1).as_object() else {
        return Ok(Value::UNDEFINED);
    };
    let promise = promise_resolve(agent, c, result)?;
    let thunk = agent.new_native_closure(thunk, 0, cx.arg(0));
    let key = agent.names.then;
    invoke(agent, promise.into(), key, &[thunk.into()])
}

/// 27.2.5.4 Promise.prototype.then ( onFulfilled, onRejected )
fn then(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(promise) = cx.this().as_promise() else {
        let text = display_value(agent, cx.this());
        return Err(agent.type_error(format!(
            "Method Promise.prototype.then called on incompatible receiver {text}"
        )));
    };
    let c = promise_species(agent, promise)?;
    let capability = new_promise_capability(agent, c.into())?;
    Ok(perform_promise_then(
        agent,
        promise,
        cx.arg(0),
        cx.arg(1),
        Some(capability),
    ))
}
