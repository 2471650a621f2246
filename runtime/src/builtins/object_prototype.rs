//! %Object.prototype% (20.1.3, B.2.2): an immutable prototype exotic object.

use super::object::set_prototype_or_throw;
use super::table::{Prop, accessor, method};
use crate::abstract_ops::{
    define_property_or_throw, get, has_own_property, invoke, is_array, to_object, to_property_key,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::interrupt::PrototypeWalk;
use crate::kind::CellKind;
use crate::object::Object;
use crate::property::{OwnProperty, PropertyDescriptor, PropertyKey};
use crate::value::Value;

/// Its properties.
pub(super) const METHODS: &[Prop] = &[
    method("__defineGetter__", 2, define_getter),
    method("__defineSetter__", 2, define_setter),
    method("hasOwnProperty", 1, has_own),
    method("__lookupGetter__", 1, lookup_getter),
    method("__lookupSetter__", 1, lookup_setter),
    method("isPrototypeOf", 1, is_prototype_of),
    method("propertyIsEnumerable", 1, property_is_enumerable),
    method("toString", 0, to_string_method),
    method("valueOf", 0, value_of),
    accessor("__proto__", get_proto, set_proto),
    method("toLocaleString", 0, to_locale_string),
];

/// The object itself, whose prototype cannot change (10.4.7).
pub(super) fn make(agent: &mut Agent, parent: Option<Object>) -> Object {
    let o = agent.new_object(parent);
    o.set_immutable_prototype();
    o
}

/// 20.1.3.2 Object.prototype.hasOwnProperty ( V )
fn has_own(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let key = to_property_key(agent, cx.arg(0))?;
    let o = to_object(agent, cx.this())?;
    Ok(Value::bool(has_own_property(agent, o, key)?))
}

/// 20.1.3.3 Object.prototype.isPrototypeOf ( V )
fn is_prototype_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(mut v) = cx.arg(0).as_object() else {
        return Ok(Value::FALSE);
    };
    let o = to_object(agent, cx.this())?;
    let mut walk = PrototypeWalk::default();
    loop {
        match walk.next(agent, v)? {
            None => return Ok(Value::FALSE),
            Some(p) if p == o => return Ok(Value::TRUE),
            Some(p) => v = p,
        }
    }
}

/// 20.1.3.4 Object.prototype.propertyIsEnumerable ( V )
fn property_is_enumerable(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let key = to_property_key(agent, cx.arg(0))?;
    let o = to_object(agent, cx.this())?;
    let own = o.get_own_property(agent, key)?;
    Ok(Value::bool(own.is_some_and(|p| p.enumerable())))
}

/// 20.1.3.5 Object.prototype.toLocaleString ( )
fn to_locale_string(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let key = agent.names.toString;
    invoke(agent, cx.this(), key, &[])
}

/// 20.1.3.6 Object.prototype.toString ( )
pub(super) fn to_string_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let this = cx.this();
    if this.is_nullish() {
        let text = match this.is_null() {
            true => agent.names.object_null,
            false => agent.names.object_undefined,
        };
        return Ok(text.cell_value());
    }
    let o = to_object(agent, this)?;
    let builtin = if is_array(agent, o.into())? {
        agent.names.object_array
    } else {
        builtin_text(agent, o)
    };
    if has_no_tag(agent, o) {
        return Ok(builtin.cell_value());
    }
    let key = PropertyKey::symbol(agent.symbols.to_string_tag);
    let tag = get(agent, o, key)?;
    match tag.as_string() {
        Some(tag) => {
            let open = agent.intern("[object ");
            let head = agent.concat(open, tag)?;
            Ok(agent.concat_str(head, "]")?.into())
        }
        None => Ok(builtin.cell_value()),
    }
}

/// Whether a search for `@@toStringTag` would find nothing and be seen by nobody.
fn has_no_tag(agent: &mut Agent, o: Object) -> bool {
    let key = PropertyKey::symbol(agent.symbols.to_string_tag);
    // Symbols are nothing special to arguments objects.
    let ordinary = !o.is_exotic() || o.is(CellKind::MappedArguments);
    if !ordinary || o.shape(agent).lookup(key).is_some() {
        return false;
    }
    let Some(first) = o.shape(agent).prototype_object() else {
        return true;
    };
    if let Some(known) = first.shape(agent).is_tagged() {
        return !known;
    }
    let mut at = Some(first);
    while let Some(p) = at {
        if p.is_exotic() {
            return false;
        }
        if p.shape(agent).lookup(key).is_some() {
            agent.validity_cell(first).note_tagged(true);
            return false;
        }
        at = p.shape(agent).prototype_object();
    }
    agent.validity_cell(first).note_tagged(false);
    true
}

fn builtin_text(agent: &Agent, o: Object) -> PropertyKey {
    let names = &agent.names;
    if o.is_callable() {
        return names.object_function;
    }
    match CellKind::from_byte(o.kind()) {
        CellKind::Arguments | CellKind::MappedArguments => names.object_arguments,
        CellKind::Error => names.object_error,
        CellKind::Boolean => names.object_boolean,
        CellKind::Number => names.object_number,
        CellKind::StringObject => names.object_string,
        CellKind::Date => names.object_date,
        CellKind::RegExp => names.object_regexp,
        _ => names.object_object,
    }
}

/// 20.1.3.7 Object.prototype.valueOf ( )
fn value_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(to_object(agent, cx.this())?.into())
}

/// 20.1.3.8.1 get Object.prototype.__proto__
fn get_proto(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = to_object(agent, cx.this())?;
    Ok(o.get_prototype_of(agent)?.into())
}

/// 20.1.3.8.2 set Object.prototype.__proto__
fn set_proto(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if cx.this().is_nullish() {
        return Err(agent.type_error("Object.prototype.__proto__ called on null or undefined"));
    }
    let proto = cx.arg(0);
    if !proto.is_object() && !proto.is_null() {
        return Ok(Value::UNDEFINED);
    }
    if let Some(o) = cx.this().as_object() {
        set_prototype_or_throw(agent, o, proto.as_object())?;
    }
    Ok(Value::UNDEFINED)
}

fn function_argument(agent: &mut Agent, f: Value, name: &str) -> JsResult<()> {
    if f.is_callable() {
        return Ok(());
    }
    Err(agent.type_error(format!("Object.prototype.{name}: Expecting function")))
}

/// 20.1.3.9.1 Object.prototype.__defineGetter__ ( P, getter )
fn define_getter(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = to_object(agent, cx.this())?;
    function_argument(agent, cx.arg(1), "__defineGetter__")?;
    let d = PropertyDescriptor {
        get: Some(cx.arg(1)),
        enumerable: Some(true),
        configurable: Some(true),
        ..Default::default()
    };
    let key = to_property_key(agent, cx.arg(0))?;
    define_property_or_throw(agent, o, key, &d)?;
    Ok(Value::UNDEFINED)
}

/// 20.1.3.9.2 Object.prototype.__defineSetter__ ( P, setter )
fn define_setter(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = to_object(agent, cx.this())?;
    function_argument(agent, cx.arg(1), "__defineSetter__")?;
    let d = PropertyDescriptor {
        set: Some(cx.arg(1)),
        enumerable: Some(true),
        configurable: Some(true),
        ..Default::default()
    };
    let key = to_property_key(agent, cx.arg(0))?;
    define_property_or_throw(agent, o, key, &d)?;
    Ok(Value::UNDEFINED)
}

/// The nearest property of that name along the prototype chain.
fn lookup(agent: &mut Agent, cx: &CallArgs) -> JsResult<Option<OwnProperty>> {
    let o = to_object(agent, cx.this())?;
    let key = to_property_key(agent, cx.arg(0))?;
    let mut at = Some(o);
    while let Some(o) = at {
        if let Some(p) = o.get_own_property(agent, key)? {
            return Ok(Some(p));
        }
        at = o.get_prototype_of(agent)?;
    }
    Ok(None)
}

/// 20.1.3.9.3 Object.prototype.__lookupGetter__ ( P )
fn lookup_getter(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(match lookup(agent, cx)? {
        Some(OwnProperty::Accessor { get, .. }) => get,
        _ => Value::UNDEFINED,
    })
}

/// 20.1.3.9.4 Object.prototype.__lookupSetter__ ( P )
fn lookup_setter(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(match lookup(agent, cx)? {
        Some(OwnProperty::Accessor { set, .. }) => set,
        _ => Value::UNDEFINED,
    })
}
