//! Error objects (20.5).

use super::error_stack;
use super::table::{ClassSpec, Prop, PropValue, accessor, method, prop, text};
use crate::abstract_ops::{create_non_enumerable, get, prototype_for_new, to_string};
use crate::agent::{Agent, CallArgs};
use crate::error::{ErrorType, JsResult};
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::elements::SlotsCell;
use crate::object::ordinary::{Lookup, lookup_own};
use crate::property::Attributes;
use crate::realm::Intrinsic;
use crate::shape::{RECENT_ERRORS, Shape};
use crate::string::JsString;
use crate::value::Value;
use sarus_gc::Gc;

/// %Error%
pub static ERROR: ClassSpec = ClassSpec {
    statics: &[
        method("isError", 1, is_error),
        method("captureStackTrace", 2, error_stack::capture_stack_trace),
        prop(
            "stackTraceLimit",
            PropValue::Number(error_stack::DEFAULT_LIMIT),
            Attributes::ALL,
        ),
    ],
    methods: &[
        method("toString", 0, to_string_method),
        text("name", "Error"),
        text("message", ""),
        accessor("stack", error_stack::get_stack, error_stack::set_stack),
    ],
    ..ClassSpec::new(
        Intrinsic::Error,
        Intrinsic::ErrorPrototype,
        "Error",
        1,
        error_constructor,
    )
};

macro_rules! native_error {
    ($(#[$meta:meta])* $static_name:ident, $ctor:ident, $proto:ident, $name:literal, $kind:ident) => {
        $(#[$meta])*
        pub static $static_name: ClassSpec = ClassSpec {
            constructor_parent: Intrinsic::Error,
            prototype_parent: Some(Intrinsic::ErrorPrototype),
            methods: {
                const ROWS: &[Prop] = &[text("name", $name), text("message", "")];
                ROWS
            },
            ..ClassSpec::new(Intrinsic::$ctor, Intrinsic::$proto, $name, 1, |agent, cx| {
                construct_error(agent, cx, ErrorType::$kind, 0)
            })
        };
    };
}

native_error!(/** %EvalError% */ EVAL_ERROR, EvalError, EvalErrorPrototype, "EvalError", Eval);
native_error!(/** %RangeError% */ RANGE_ERROR, RangeError, RangeErrorPrototype, "RangeError", Range);
native_error!(/** %ReferenceError% */ REFERENCE_ERROR, ReferenceError, ReferenceErrorPrototype, "ReferenceError", Reference);
native_error!(/** %SyntaxError% */ SYNTAX_ERROR, SyntaxError, SyntaxErrorPrototype, "SyntaxError", Syntax);
native_error!(/** %TypeError% */ TYPE_ERROR, TypeError, TypeErrorPrototype, "TypeError", Type);
native_error!(/** %URIError% */ URI_ERROR, URIError, URIErrorPrototype, "URIError", Uri);

/// %AggregateError%
pub static AGGREGATE_ERROR: ClassSpec = ClassSpec {
    constructor_parent: Intrinsic::Error,
    prototype_parent: Some(Intrinsic::ErrorPrototype),
    methods: &[text("name", "AggregateError"), text("message", "")],
    ..ClassSpec::new(
        Intrinsic::AggregateError,
        Intrinsic::AggregateErrorPrototype,
        "AggregateError",
        2,
        aggregate,
    )
};

/// %SuppressedError%
pub static SUPPRESSED_ERROR: ClassSpec = ClassSpec {
    constructor_parent: Intrinsic::Error,
    prototype_parent: Some(Intrinsic::ErrorPrototype),
    methods: &[text("name", "SuppressedError"), text("message", "")],
    ..ClassSpec::new(
        Intrinsic::SuppressedError,
        Intrinsic::SuppressedErrorPrototype,
        "SuppressedError",
        3,
        suppressed,
    )
};

/// A new error object of the current realm with its stack captured.
pub fn new_error(agent: &mut Agent, kind: ErrorType, message: &str) -> Object {
    let proto = agent.intrinsic(kind.prototype());
    let text = agent.new_string(message);
    make(agent, proto, Some(text), None, None)
}

/// A new error with its properties, in the order in which V8 makes them. Nothing here runs JavaScript, and nobody has seen the object,
/// so that it can have its shape and its values from the beginning.
fn make(
    agent: &mut Agent,
    proto: Object,
    message: Option<JsString>,
    cause: Option<Value>,
    made_by: Option<&CallArgs>,
) -> Object {
    let trace = error_stack::capture(agent, made_by);
    let stack = error_stack::reserved(agent);
    let shape = shape(agent, proto, message.is_some(), cause.is_some());
    let slots = SlotsCell::allocate(agent, SLOTS);
    let values = [stack, message.map(Value::from), cause];
    for (slot, v) in slots.values().iter().zip(values.into_iter().flatten()) {
        slot.set(v);
    }
    agent.new_fields_object_with(shape, slots, [trace, Value::UNDEFINED])
}

/// Slots of a new error: its own properties, and one for what a class adds.
const SLOTS: usize = 4;

/// The shape of new errors with that prototype.
fn shape(agent: &mut Agent, proto: Object, message: bool, cause: bool) -> Gc<Shape> {
    let has = u8::from(message) | u8::from(cause) << 1;
    let at = (proto.addr() >> 4) * 3 + usize::from(has);
    let at = at % RECENT_ERRORS;
    if let Some((p, h, shape)) = agent.shapes.errors[at]
        && p == proto
        && h == has
    {
        return shape;
    }
    let shape = make_shape(agent, proto, message, cause);
    agent.shapes.errors[at] = Some((proto, has, shape));
    shape
}

fn make_shape(agent: &mut Agent, proto: Object, message: bool, cause: bool) -> Gc<Shape> {
    let names = &agent.names;
    let (stack, message_key, cause_key) = (names.stack, names.message, names.cause);
    let properties = [
        (
            error_stack::have_own_stack(agent),
            stack,
            error_stack::UNREAD,
        ),
        (message, message_key, Attributes::WC),
        (cause, cause_key, Attributes::WC),
    ];
    let mut shape = agent.root_shape(CellKind::Error, Some(proto), 0);
    for (_, key, attributes) in properties.into_iter().filter(|(has, ..)| *has) {
        // There is room for a few properties in every shape.
        if let Some(next) = agent.shape_with_property(shape, key, attributes) {
            shape = next;
        }
    }
    shape
}

/// 20.5.2.1 Error.isError ( arg )
fn is_error(_: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = cx.arg(0).as_object();
    Ok(Value::bool(o.is_some_and(|o| o.is(CellKind::Error))))
}

/// 20.5.1.1 Error ( message [ , options ] )
fn error_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    construct_error(agent, cx, ErrorType::Error, 0)
}

fn construct_error(
    agent: &mut Agent,
    cx: &CallArgs,
    kind: ErrorType,
    at: usize,
) -> JsResult<Value> {
    let proto = prototype_for_new(agent, cx.new_target(), kind.prototype())?;
    let message = match cx.arg(at) {
        v if v.is_undefined() => None,
        v => Some(to_string(agent, v)?),
    };
    let cause = cause(agent, cx.arg(at + 1))?;
    Ok(make(agent, proto, message, cause, Some(cx)).into())
}

/// What 20.5.8.1 InstallErrorCause finds.
fn cause(agent: &mut Agent, options: Value) -> JsResult<Option<Value>> {
    let Some(options) = options.as_object() else {
        return Ok(None);
    };
    let key = agent.names.cause;
    if !options.is_exotic()
        && let Lookup::Data(v, _) = lookup_own(agent, options, key)
    {
        return Ok(Some(v));
    }
    if !options.has_property(agent, key)? {
        return Ok(None);
    }
    get(agent, options, key).map(Some)
}

/// 20.5.7.1.1 AggregateError ( errors, message [ , options ] )
fn aggregate(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = construct_error(agent, cx, ErrorType::Aggregate, 1)?;
    let list = crate::abstract_ops::iterable_to_list(agent, cx.arg(0))?;
    let errors = agent.new_array_from(&list);
    if let Some(o) = o.as_object() {
        let key = agent.names.errors;
        create_non_enumerable(agent, o, key, errors.into())?;
    }
    Ok(o)
}

/// 20.5.8 SuppressedError ( error, suppressed, message )
fn suppressed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let proto = prototype_for_new(agent, cx.new_target(), Intrinsic::SuppressedErrorPrototype)?;
    let message = match cx.arg(2) {
        v if v.is_undefined() => None,
        v => Some(to_string(agent, v)?),
    };
    let o = make(agent, proto, message, None, Some(cx));
    let (error, suppressed) = (agent.names.error, agent.names.suppressed);
    create_non_enumerable(agent, o, error, cx.arg(0))?;
    create_non_enumerable(agent, o, suppressed, cx.arg(1))?;
    Ok(o.into())
}

/// 20.5.3.4 Error.prototype.toString
fn to_string_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.this().as_object() else {
        return Err(
            agent.type_error("Error.prototype.toString requires that 'this' be a JSReceiver")
        );
    };
    error_to_string(agent, o).map(Value::from)
}

/// The steps of Error.prototype.toString for any object.
pub(super) fn error_to_string(agent: &mut Agent, o: Object) -> JsResult<JsString> {
    agent.check_native_stack()?;
    let (name_key, message_key) = (agent.names.name, agent.names.message);
    let name = get(agent, o, name_key)?;
    let name = if name.is_undefined() {
        agent.intern("Error")
    } else {
        to_string(agent, name)?
    };
    let message = get(agent, o, message_key)?;
    let message = if message.is_undefined() {
        agent.empty_string()
    } else {
        to_string(agent, message)?
    };
    if name.is_empty() {
        return Ok(message);
    }
    if message.is_empty() {
        return Ok(name);
    }
    let head = agent.concat_str(name, ": ")?;
    agent.concat(head, message)
}
