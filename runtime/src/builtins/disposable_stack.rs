//! DisposableStack and AsyncDisposableStack (27.3, 27.4) and the operations on disposable resources
//! (7.5) that they need.
//!
//! The resources of a stack are an internal array of triples: value, method, how to call it.

use super::error::new_error;
use super::promise::{
    PromiseCapability, context, new_promise, perform_promise_then_native,
    promise_resolve_intrinsic, reject_promise,
};
use super::table::{ClassSpec, alias, getter, method, requires_new, tag};
use crate::abstract_ops::{create_non_enumerable, display_value, get_method, prototype_for_new};
use crate::agent::{Agent, CallArgs};
use crate::error::{ErrorType, JsResult, Throw};
use crate::object::Object;
use crate::object::array;
use crate::object::data::NativeData;
use crate::object::promise::PromiseState;
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_gc::Tracer;
use std::cell::Cell;

/// %DisposableStack%
pub static DISPOSABLE_STACK: ClassSpec = ClassSpec {
    methods: &[
        method("use", 1, |agent, cx| use_method(agent, cx, &SYNC)),
        method("adopt", 2, |agent, cx| adopt(agent, cx, &SYNC)),
        method("defer", 1, |agent, cx| defer(agent, cx, &SYNC)),
        method("dispose", 0, dispose),
        method("move", 0, |agent, cx| move_method(agent, cx, &SYNC)),
        getter("disposed", |agent, cx| disposed(agent, cx, &SYNC)),
        alias("@@dispose", "dispose"),
        tag("DisposableStack"),
    ],
    ..ClassSpec::new(
        Intrinsic::DisposableStack,
        Intrinsic::DisposableStackPrototype,
        "DisposableStack",
        0,
        |agent, cx| construct(agent, cx, &SYNC),
    )
};

/// %AsyncDisposableStack%
pub static ASYNC_DISPOSABLE_STACK: ClassSpec = ClassSpec {
    methods: &[
        method("use", 1, |agent, cx| use_method(agent, cx, &ASYNC)),
        method("adopt", 2, |agent, cx| adopt(agent, cx, &ASYNC)),
        method("defer", 1, |agent, cx| defer(agent, cx, &ASYNC)),
        method("disposeAsync", 0, dispose_async),
        method("move", 0, |agent, cx| move_method(agent, cx, &ASYNC)),
        getter("disposed", |agent, cx| disposed(agent, cx, &ASYNC)),
        alias("@@asyncDispose", "disposeAsync"),
        tag("AsyncDisposableStack"),
    ],
    ..ClassSpec::new(
        Intrinsic::AsyncDisposableStack,
        Intrinsic::AsyncDisposableStackPrototype,
        "AsyncDisposableStack",
        0,
        |agent, cx| construct(agent, cx, &ASYNC),
    )
};

/// What the two classes differ in.
struct Flavor {
    asynchronous: bool,
    name: &'static str,
    prototype: Intrinsic,
}

static SYNC: Flavor = Flavor {
    asynchronous: false,
    name: "DisposableStack",
    prototype: Intrinsic::DisposableStackPrototype,
};
static ASYNC: Flavor = Flavor {
    asynchronous: true,
    name: "AsyncDisposableStack",
    prototype: Intrinsic::AsyncDisposableStackPrototype,
};

/// The internal slots of both classes.
struct StackData {
    asynchronous: bool,
    /// The array of resources; `undefined` when disposed.
    resources: Cell<Value>,
}

impl NativeData for StackData {
    fn trace(&self, tracer: &mut Tracer) {
        crate::kind::mark_value(tracer, self.resources.get());
    }
}

/// How the dispose method of a resource is called.
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(u8)]
enum Way {
    /// `Call(method, value)`.
    Method,
    /// As `Method`, the result does not count: a sync method that stands in for an async one.
    Fallback,
    /// `Call(method, undefined, « value »)`.
    Argument,
}

impl Way {
    fn from_value(v: Value) -> Way {
        match v.as_int() {
            Some(1) => Way::Fallback,
            Some(2) => Way::Argument,
            _ => Way::Method,
        }
    }
}

/// A resource taken from a stack.
struct Resource {
    value: Value,
    method: Value,
    way: Way,
}

impl Resource {
    fn call(&self, agent: &mut Agent) -> JsResult<Value> {
        match self.way {
            Way::Argument => agent.call(self.method, Value::UNDEFINED, &[self.value]),
            _ => agent.call(self.method, self.value, &[]),
        }
    }
}

fn add_resource(
    agent: &mut Agent,
    resources: Object,
    value: Value,
    method: Value,
    way: Way,
) -> JsResult<()> {
    for v in [value, method, Value::int(way as i32)] {
        array::push(agent, resources, v)?;
    }
    Ok(())
}

fn take_resource(agent: &mut Agent, resources: Object) -> JsResult<Option<Resource>> {
    let n = array::length_of(resources).unwrap_or(0);
    if n < 3 {
        return Ok(None);
    }
    let resource = Resource {
        value: resources.dense_element(n - 3),
        method: resources.dense_element(n - 2),
        way: Way::from_value(resources.dense_element(n - 1)),
    };
    array::set_length(agent, resources, n - 3)?;
    Ok(Some(resource))
}

fn new_stack(agent: &mut Agent, proto: Object, flavor: &Flavor, resources: Value) -> Object {
    agent.new_data_object(
        Some(proto),
        Box::new(StackData {
            asynchronous: flavor.asynchronous,
            resources: Cell::new(resources),
        }),
    )
}

fn construct(agent: &mut Agent, cx: &CallArgs, flavor: &Flavor) -> JsResult<Value> {
    requires_new(agent, cx, flavor.name)?;
    let proto = prototype_for_new(agent, cx.new_target(), flavor.prototype)?;
    let resources = agent.new_array();
    Ok(new_stack(agent, proto, flavor, resources.into()).into())
}

/// RequireInternalSlot.
fn receiver(agent: &mut Agent, cx: &CallArgs, flavor: &Flavor, name: &str) -> JsResult<Object> {
    if let Some(o) = cx.this().as_object()
        && let Some(data) = o.data::<StackData>()
        && data.asynchronous == flavor.asynchronous
    {
        return Ok(o);
    }
    let text = display_value(agent, cx.this());
    let class = flavor.name;
    Err(agent.type_error(format!(
        "Method {class}.prototype.{name} called on incompatible receiver {text}"
    )))
}

fn resources_of(o: Object) -> Option<Object> {
    o.data::<StackData>()?.resources.get().as_object()
}

/// The resources of a stack that is not disposed.
fn pending(
    agent: &mut Agent,
    cx: &CallArgs,
    flavor: &Flavor,
    name: &str,
) -> JsResult<(Object, Object)> {
    let o = receiver(agent, cx, flavor, name)?;
    match resources_of(o) {
        Some(resources) => Ok((o, resources)),
        None => {
            let class = flavor.name;
            Err(agent.reference_error(format!(
                "Cannot call {class}.prototype.{name} on an already-disposed {class}"
            )))
        }
    }
}

/// Sets the state to disposed and gives the resources there were.
fn set_disposed(agent: &Agent, o: Object) -> Option<Object> {
    agent.heap.write_barrier(o.header());
    let data = o.data::<StackData>()?;
    data.resources.replace(Value::UNDEFINED).as_object()
}

/// 27.3.3.7 and 27.4.3.7 use ( value )
fn use_method(agent: &mut Agent, cx: &CallArgs, flavor: &Flavor) -> JsResult<Value> {
    let (_, resources) = pending(agent, cx, flavor, "use")?;
    let v = cx.arg(0);
    if v.is_nullish() {
        if flavor.asynchronous {
            // Stands for an await that is owed.
            add_resource(
                agent,
                resources,
                Value::UNDEFINED,
                Value::UNDEFINED,
                Way::Method,
            )?;
        }
        return Ok(v);
    }
    if !v.is_object() {
        let text = display_value(agent, v);
        return Err(agent.type_error(format!("{text} is not an object")));
    }
    let (method, way) = get_dispose_method(agent, v, flavor.asynchronous)?;
    if method.is_undefined() {
        let name = if flavor.asynchronous {
            "Symbol.asyncDispose"
        } else {
            "Symbol.dispose"
        };
        let text = display_value(agent, v);
        return Err(agent.type_error(format!("Property [{name}] of {text} is not a function")));
    }
    add_resource(agent, resources, v, method, way)?;
    Ok(v)
}

/// 7.5.6 GetDisposeMethod
fn get_dispose_method(agent: &mut Agent, v: Value, asynchronous: bool) -> JsResult<(Value, Way)> {
    let key = PropertyKey::symbol(agent.symbols.dispose);
    if !asynchronous {
        return Ok((get_method(agent, v, key)?, Way::Method));
    }
    let async_key = PropertyKey::symbol(agent.symbols.async_dispose);
    let f = get_method(agent, v, async_key)?;
    if !f.is_undefined() {
        return Ok((f, Way::Method));
    }
    Ok((get_method(agent, v, key)?, Way::Fallback))
}

fn callable(agent: &mut Agent, v: Value) -> JsResult<Value> {
    if v.is_callable() {
        return Ok(v);
    }
    let text = display_value(agent, v);
    Err(agent.type_error(format!("{text} is not a function")))
}

/// 27.3.3.1 and 27.4.3.1 adopt ( value, onDispose )
fn adopt(agent: &mut Agent, cx: &CallArgs, flavor: &Flavor) -> JsResult<Value> {
    let (_, resources) = pending(agent, cx, flavor, "adopt")?;
    let f = callable(agent, cx.arg(1))?;
    add_resource(agent, resources, cx.arg(0), f, Way::Argument)?;
    Ok(cx.arg(0))
}

/// 27.3.3.2 and 27.4.3.2 defer ( onDispose )
fn defer(agent: &mut Agent, cx: &CallArgs, flavor: &Flavor) -> JsResult<Value> {
    let (_, resources) = pending(agent, cx, flavor, "defer")?;
    let f = callable(agent, cx.arg(0))?;
    add_resource(agent, resources, Value::UNDEFINED, f, Way::Method)?;
    Ok(Value::UNDEFINED)
}

/// get disposed
fn disposed(agent: &mut Agent, cx: &CallArgs, flavor: &Flavor) -> JsResult<Value> {
    let o = receiver(agent, cx, flavor, "disposed")?;
    Ok(resources_of(o).is_none().into())
}

/// move ( )
fn move_method(agent: &mut Agent, cx: &CallArgs, flavor: &Flavor) -> JsResult<Value> {
    let (o, resources) = pending(agent, cx, flavor, "move")?;
    let proto = agent.intrinsic(flavor.prototype);
    let new = new_stack(agent, proto, flavor, resources.into());
    set_disposed(agent, o);
    Ok(new.into())
}

/// Adds an exception to a completion: the earlier one becomes suppressed.
pub fn suppress(agent: &mut Agent, earlier: Option<Value>, error: Value) -> JsResult<Value> {
    let Some(suppressed) = earlier else {
        return Ok(error);
    };
    let o = new_error(
        agent,
        ErrorType::Suppressed,
        "An error was suppressed during disposal",
    );
    let (error_key, suppressed_key) = (agent.names.error, agent.names.suppressed);
    create_non_enumerable(agent, o, error_key, error)?;
    create_non_enumerable(agent, o, suppressed_key, suppressed)?;
    Ok(o.into())
}

/// The exception under way, added to a completion.
fn suppress_thrown(agent: &mut Agent, earlier: Option<Value>, t: Throw) -> JsResult<Value> {
    match agent.take_exception() {
        Some(e) => suppress(agent, earlier, e),
        None => Err(t),
    }
}

/// 27.3.3.3 DisposableStack.prototype.dispose ( )
fn dispose(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = receiver(agent, cx, &SYNC, "dispose")?;
    let Some(resources) = set_disposed(agent, o) else {
        return Ok(Value::UNDEFINED);
    };
    let mut completion = None;
    while let Some(r) = take_resource(agent, resources)? {
        if let Err(t) = r.call(agent) {
            completion = Some(suppress_thrown(agent, completion, t)?);
        }
    }
    match completion {
        None => Ok(Value::UNDEFINED),
        Some(e) => Err(agent.throw(e)),
    }
}

/// Fields of a disposal under way.
const RESOURCES: usize = 0;
const PROMISE: usize = 1;
const HAS_ERROR: usize = 2;
const ERROR: usize = 3;
const NEEDS_AWAIT: usize = 4;
const HAS_AWAITED: usize = 5;

/// 27.4.3.3 AsyncDisposableStack.prototype.disposeAsync ( )
fn dispose_async(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let promise = new_promise(agent);
    let capability = PromiseCapability::of_promise(promise);
    let o = match receiver(agent, cx, &ASYNC, "disposeAsync") {
        Ok(o) => o,
        Err(t) => return capability.reject_with_exception(agent, t),
    };
    let Some(resources) = set_disposed(agent, o) else {
        capability.resolve(agent, Value::UNDEFINED)?;
        return Ok(promise.into());
    };
    let state = context(
        agent,
        &[
            resources.into(),
            promise.into(),
            Value::FALSE,
            Value::UNDEFINED,
            Value::FALSE,
            Value::FALSE,
        ],
    );
    advance(agent, state)?;
    Ok(promise.into())
}

/// 7.5.8 DisposeResources from here on: until the next await or to the end.
fn advance(agent: &mut Agent, state: Object) -> JsResult<()> {
    let Some(resources) = state.field(RESOURCES).as_object() else {
        return Ok(());
    };
    while let Some(r) = take_resource(agent, resources)? {
        if r.method.is_undefined() {
            state.set_field(agent, NEEDS_AWAIT, Value::TRUE);
            continue;
        }
        let result = match (r.call(agent), r.way) {
            (Ok(_), Way::Fallback) => Ok(Value::UNDEFINED),
            (Err(t), Way::Fallback) => rejected(agent, t),
            (result, _) => result,
        };
        let awaited = result.and_then(|v| {
            state.set_field(agent, HAS_AWAITED, Value::TRUE);
            await_value(agent, state, v)
        });
        match awaited {
            Ok(()) => return Ok(()),
            Err(t) => record_thrown(agent, state, t)?,
        }
    }
    if state.field(NEEDS_AWAIT).is_true() && !state.field(HAS_AWAITED).is_true() {
        state.set_field(agent, HAS_AWAITED, Value::TRUE);
        return await_value(agent, state, Value::UNDEFINED);
    }
    let Some(promise) = state.field(PROMISE).as_object() else {
        return Ok(());
    };
    let capability = PromiseCapability::of_promise(promise);
    if state.field(HAS_ERROR).is_true() {
        capability.reject(agent, state.field(ERROR))
    } else {
        capability.resolve(agent, Value::UNDEFINED)
    }
}

/// A promise rejected with the exception under way, as the closure of GetDisposeMethod returns it.
fn rejected(agent: &mut Agent, t: Throw) -> JsResult<Value> {
    let Some(e) = agent.take_exception() else {
        return Err(t);
    };
    let p = new_promise(agent);
    reject_promise(agent, p, e);
    Ok(p.into())
}

fn await_value(agent: &mut Agent, state: Object, v: Value) -> JsResult<()> {
    let p = promise_resolve_intrinsic(agent, v)?;
    perform_promise_then_native(agent, p, resumed, state.into());
    Ok(())
}

fn resumed(agent: &mut Agent, data: Value, how: PromiseState, v: Value) -> JsResult<()> {
    let Some(state) = data.as_object() else {
        return Ok(());
    };
    if how == PromiseState::Rejected {
        agent.exception = v;
        record_thrown(agent, state, Throw)?;
    }
    advance(agent, state)
}

fn record_thrown(agent: &mut Agent, state: Object, t: Throw) -> JsResult<()> {
    let earlier = state.field(HAS_ERROR).is_true().then(|| state.field(ERROR));
    let error = suppress_thrown(agent, earlier, t)?;
    state.set_field(agent, HAS_ERROR, Value::TRUE);
    state.set_field(agent, ERROR, error);
    Ok(())
}
