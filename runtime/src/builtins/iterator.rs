//! The Iterator constructor, %Iterator.prototype% and %WrapForValidIteratorPrototype% (27.1.2 to
//! 27.1.3). Methods that return iterators are in `iterator_helper` and `iterator_zip`.

use super::iterator_helper as helper;
use super::iterator_zip as zip;
use super::table::{ClassSpec, NamespaceSpec, PropValue, accessor, method, prop};
use crate::abstract_ops::{
    IteratorRecord, close_on_throw, create_data_property_or_throw, create_iter_result,
    display_value, get_iterator_direct, get_method, iterator_close, iterator_close_throw,
    iterator_step_value, ordinary_create_from_constructor, ordinary_has_instance, same_value_zero,
    set, to_boolean, to_string,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{ErrorType, JsResult, Throw};
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::array::push;
use crate::property::{Attributes, PropertyKey};
use crate::realm::Intrinsic;
use crate::text::StrBuilder;
use crate::value::Value;

/// %Iterator%
pub static ITERATOR: ClassSpec = ClassSpec {
    statics: &[
        method("from", 1, from),
        method("concat", 0, zip::concat),
        method("zip", 1, zip::zip),
        method("zipKeyed", 1, zip::zip_keyed),
    ],
    methods: &[
        accessor(
            "constructor",
            |a, _| Ok(a.intrinsic(Intrinsic::Iterator).into()),
            set_constructor,
        ),
        method("reduce", 1, reduce),
        method("toArray", 0, to_array),
        method("forEach", 1, for_each),
        method("some", 1, some),
        method("every", 1, every),
        method("find", 1, find),
        method("includes", 1, includes),
        method("join", 1, join),
        method("map", 1, helper::map),
        method("filter", 1, helper::filter),
        method("take", 1, helper::take),
        method("drop", 1, helper::drop),
        method("flatMap", 1, helper::flat_map),
        method("chunks", 1, helper::chunks),
        method("windows", 1, helper::windows),
        method("@@iterator", 0, |_, cx| Ok(cx.this())),
        method("@@dispose", 0, dispose),
        prop(
            "@@toStringTag",
            PropValue::Accessor(Some(tag_getter), Some(set_tag)),
            Attributes::C,
        ),
    ],
    ..ClassSpec::new(
        Intrinsic::Iterator,
        Intrinsic::IteratorPrototype,
        "Iterator",
        0,
        constructor,
    )
};

/// %WrapForValidIteratorPrototype%
pub static WRAP_FOR_VALID_ITERATOR_PROTOTYPE: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::WrapForValidIteratorPrototype,
    parent: Some(Intrinsic::IteratorPrototype),
    properties: &[
        method("next", 0, wrapped_next),
        method("return", 0, wrapped_return),
    ],
};

/// 27.1.3.1.1 Iterator ( )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if !cx.is_construct() {
        return Err(agent.type_error("Constructor Iterator requires 'new'"));
    }
    if cx.new_target() == Value::from(cx.callee()) {
        return Err(agent.type_error("Abstract class Iterator not directly constructable"));
    }
    let o = ordinary_create_from_constructor(agent, cx.new_target(), Intrinsic::IteratorPrototype)?;
    Ok(o.into())
}

/// 7.4.5 GetIteratorFlattenable
pub(super) fn get_iterator_flattenable(
    agent: &mut Agent,
    v: Value,
    accept_strings: bool,
) -> JsResult<IteratorRecord> {
    if !(v.is_object() || accept_strings && v.is_string()) {
        let text = display_value(agent, v);
        return Err(agent.type_error(format!("{text} is not an object")));
    }
    let key = agent.symbols.iterator_key();
    let f = get_method(agent, v, key)?;
    let iterator = if f.is_undefined() {
        v
    } else {
        agent.call(f, v, &[])?
    };
    match iterator.as_object() {
        Some(i) => get_iterator_direct(agent, i),
        None => {
            let text = display_value(agent, iterator);
            Err(agent.type_error(format!("{text} is not an object")))
        }
    }
}

/// 27.1.3.2.1 Iterator.from ( O )
fn from(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let record = get_iterator_flattenable(agent, cx.arg(0), true)?;
    let class = agent.intrinsic(Intrinsic::Iterator);
    if ordinary_has_instance(agent, class.into(), record.iterator.into())? {
        return Ok(record.iterator.into());
    }
    let proto = agent.intrinsic(Intrinsic::WrapForValidIteratorPrototype);
    let fields = [
        record.iterator.into(),
        record.next,
        Value::UNDEFINED,
        Value::UNDEFINED,
    ];
    let wrapper = agent.new_fields_object(CellKind::WrapForValidIterator, Some(proto), fields);
    Ok(wrapper.into())
}

/// The record inside a wrapper.
fn wrapped(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<IteratorRecord> {
    let o = cx
        .this()
        .as_object()
        .filter(|o| o.is(CellKind::WrapForValidIterator));
    match o.and_then(|o| Some((o.field(0).as_object()?, o.field(1)))) {
        Some((iterator, next)) => Ok(IteratorRecord {
            iterator,
            next,
            done: false,
        }),
        None => {
            let text = display_value(agent, cx.this());
            Err(agent.type_error(format!(
                "Method %WrapForValidIteratorPrototype%.{name} called on incompatible receiver {text}"
            )))
        }
    }
}

/// 27.1.3.2.1.1.1 %WrapForValidIteratorPrototype%.next ( )
fn wrapped_next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let record = wrapped(agent, cx, "next")?;
    agent.call(record.next, record.iterator.into(), &[])
}

/// 27.1.3.2.1.1.2 %WrapForValidIteratorPrototype%.return ( )
fn wrapped_return(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let record = wrapped(agent, cx, "return")?;
    let key = agent.names.return_;
    let f = get_method(agent, record.iterator.into(), key)?;
    if f.is_undefined() {
        return Ok(create_iter_result(agent, Value::UNDEFINED, true));
    }
    agent.call(f, record.iterator.into(), &[])
}

/// `this`, which must be an object.
pub(super) fn receiver(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    match cx.this().as_object() {
        Some(o) => Ok(o),
        None => {
            let text = display_value(agent, cx.this());
            Err(agent.type_error(format!(
                "Iterator.prototype.{name} called on non-object {text}"
            )))
        }
    }
}

/// Throws an argument error after closing the receiver.
#[cold]
pub(super) fn reject_argument(
    agent: &mut Agent,
    o: Object,
    kind: ErrorType,
    message: &str,
) -> Throw {
    let t = agent.throw_error(kind, message);
    iterator_close_throw(agent, o, t)
}

/// The receiver's record, with a callable first argument.
pub(super) fn with_callback(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
) -> JsResult<IteratorRecord> {
    let o = receiver(agent, cx, name)?;
    if !cx.arg(0).is_callable() {
        let text = display_value(agent, cx.arg(0));
        let message = format!("{text} is not a function");
        return Err(reject_argument(agent, o, ErrorType::Type, &message));
    }
    get_iterator_direct(agent, o)
}

/// 27.1.3.3.9 Iterator.prototype.reduce ( reducer [ , initialValue ] )
fn reduce(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let mut record = with_callback(agent, cx, "reduce")?;
    let mut counter = 0u64;
    let mut accumulator = if cx.argc() > 1 {
        cx.arg(1)
    } else {
        counter = 1;
        match iterator_step_value(agent, &mut record)? {
            Some(v) => v,
            None => {
                return Err(agent.type_error("Reduce of a done iterator with no initial value"));
            }
        }
    };
    while let Some(v) = iterator_step_value(agent, &mut record)? {
        let args = [accumulator, v, Value::number(counter as f64)];
        let result = agent.call(cx.arg(0), Value::UNDEFINED, &args);
        accumulator = close_on_throw(agent, record.iterator, result)?;
        counter += 1;
    }
    Ok(accumulator)
}

/// 27.1.3.3.12 Iterator.prototype.toArray ( )
fn to_array(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = receiver(agent, cx, "toArray")?;
    let mut record = get_iterator_direct(agent, o)?;
    let list = agent.new_array();
    while let Some(v) = iterator_step_value(agent, &mut record)? {
        push(agent, list, v)?;
    }
    Ok(list.into())
}

/// Calls the callback for every value until `stop` says so of a result; the value it stopped at.
fn until(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
    stop: fn(Value) -> bool,
) -> JsResult<Option<Value>> {
    let mut record = with_callback(agent, cx, name)?;
    let mut counter = 0u64;
    while let Some(v) = iterator_step_value(agent, &mut record)? {
        let args = [v, Value::number(counter as f64)];
        let result = agent.call(cx.arg(0), Value::UNDEFINED, &args);
        let result = close_on_throw(agent, record.iterator, result)?;
        if stop(result) {
            iterator_close(agent, record.iterator)?;
            return Ok(Some(v));
        }
        counter += 1;
    }
    Ok(None)
}

/// 27.1.3.3.7 Iterator.prototype.forEach ( procedure )
fn for_each(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    until(agent, cx, "forEach", |_| false)?;
    Ok(Value::UNDEFINED)
}

/// 27.1.3.3.10 Iterator.prototype.some ( predicate )
fn some(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(Value::bool(until(agent, cx, "some", to_boolean)?.is_some()))
}

/// 27.1.3.3.3 Iterator.prototype.every ( predicate )
fn every(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let found = until(agent, cx, "every", |v| !to_boolean(v))?;
    Ok(Value::bool(found.is_none()))
}

/// 27.1.3.3.5 Iterator.prototype.find ( predicate )
fn find(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(until(agent, cx, "find", to_boolean)?.unwrap_or(Value::UNDEFINED))
}

/// Iterator.prototype.includes ( searchElement [ , skippedElements ] )
fn includes(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = receiver(agent, cx, "includes")?;
    let skip = match cx.arg(1) {
        v if v.is_undefined() => 0.0,
        v => {
            let n = v
                .as_number()
                .filter(|n| n.is_infinite() || crate::numeric::is_integral_number(*n));
            let Some(n) = n else {
                let text = display_value(agent, v);
                let message = format!("{text} is not an integral number");
                return Err(reject_argument(agent, o, ErrorType::Type, &message));
            };
            if n < 0.0 || n.is_finite() && n > super::array_common::MAX_SAFE as f64 {
                let message = "skippedElements is out of range";
                return Err(reject_argument(agent, o, ErrorType::Range, message));
            }
            n
        }
    };
    let mut record = get_iterator_direct(agent, o)?;
    let mut skipped = 0.0;
    while let Some(v) = iterator_step_value(agent, &mut record)? {
        if skipped < skip {
            skipped += 1.0;
        } else if same_value_zero(agent, v, cx.arg(0)) {
            iterator_close(agent, record.iterator)?;
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

/// Iterator.prototype.join ( separator )
fn join(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = receiver(agent, cx, "join")?;
    let separator = match cx.arg(0) {
        v if v.is_undefined() => agent.char_string(b','),
        v => {
            let s = to_string(agent, v);
            close_on_throw(agent, o, s)?
        }
    };
    let mut record = get_iterator_direct(agent, o)?;
    let mut text = StrBuilder::new();
    let mut first = true;
    while let Some(v) = iterator_step_value(agent, &mut record)? {
        if !first {
            text.push_view(separator.view(agent));
        }
        first = false;
        let piece = if v.is_nullish() {
            Ok(agent.empty_string())
        } else {
            to_string(agent, v)
        };
        let piece = close_on_throw(agent, o, piece)?;
        text.push_view(piece.view(agent));
        let fits = agent.check_string_length(text.len());
        close_on_throw(agent, o, fits)?;
    }
    Ok(agent.new_from_view(text.view()).into())
}

/// 27.1.2.2 %Iterator.prototype% [ @@dispose ] ( )
fn dispose(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let key = agent.names.return_;
    let f = get_method(agent, cx.this(), key)?;
    if !f.is_undefined() {
        agent.call(f, cx.this(), &[])?;
    }
    Ok(Value::UNDEFINED)
}

/// 27.1.3.3.14.1 get Iterator.prototype [ @@toStringTag ]
fn tag_getter(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    Ok(agent.intern("Iterator").into())
}

fn set_tag(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let key = PropertyKey::symbol(agent.symbols.to_string_tag);
    set_ignoring_prototype(agent, cx, key)
}

fn set_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let key = agent.names.constructor;
    set_ignoring_prototype(agent, cx, key)
}

/// 7.3.34 SetterThatIgnoresPrototypeProperties ( thisValue, %Iterator.prototype%, key, value )
fn set_ignoring_prototype(agent: &mut Agent, cx: &CallArgs, key: PropertyKey) -> JsResult<Value> {
    let o = receiver(agent, cx, "constructor")?;
    if o == agent.intrinsic(Intrinsic::IteratorPrototype) {
        let name = key.display(agent);
        return Err(agent.type_error(format!(
            "Cannot assign to read only property '{name}' of object '[object Object]'"
        )));
    }
    if o.get_own_property(agent, key)?.is_none() {
        create_data_property_or_throw(agent, o, key, cx.arg(0))?;
    } else {
        set(agent, o, key, cx.arg(0), true)?;
    }
    Ok(Value::UNDEFINED)
}
