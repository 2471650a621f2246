//! The Array constructor and its static methods (23.1.1, 23.1.2).

use super::array_common::{MAX_SAFE, callable, create_index, get_index, is_dense, set_length};
use super::array_iterator::iterates_as_array;
use crate::abstract_ops::{
    append_native_rest, close_on_throw, get_iterator_from_method, get_method, is_array,
    iterator_close_throw, iterator_step_value, length_of_array_like, prototype_for_new, to_object,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::Object;
use crate::object::array::{append_elements, length_of, set_length_field};
use crate::realm::Intrinsic;
use crate::value::Value;

/// `new Array(n)` makes room for this many values at once; longer arrays grow as they are filled.
const MAX_PREALLOCATION: u32 = 1 << 16;

/// 23.1.1.1 Array ( ...values )
pub(super) fn array_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let new_target = if cx.is_construct() {
        cx.new_target()
    } else {
        cx.callee().into()
    };
    let proto = if new_target == Value::from(cx.callee()) {
        // The constructor's own `prototype` is not writable: no lookup needed.
        agent.intrinsic(Intrinsic::ArrayPrototype)
    } else {
        prototype_for_new(agent, new_target, Intrinsic::ArrayPrototype)?
    };
    let [len] = cx.args() else {
        let array = agent.new_array_with(Some(proto), 0);
        array.reserve_elements(agent, cx.argc())?;
        array.elements().store_values(0, cx.args());
        set_length_field(array, cx.argc() as u32);
        return Ok(array.into());
    };
    let Some(n) = len.as_number() else {
        let array = agent.new_array_with(Some(proto), 0);
        create_index(agent, array, 0, *len)?;
        return Ok(array.into());
    };
    let length = n as u32;
    if f64::from(length) != n {
        return Err(agent.range_error("Invalid array length"));
    }
    new_array_of_length(agent, Some(proto), length).map(Value::from)
}

/// An array of that length without elements; its prototype is %Array.prototype% unless another is given.
pub fn new_array_of_length(
    agent: &mut Agent,
    proto: Option<Object>,
    length: u32,
) -> JsResult<Object> {
    let proto = proto.unwrap_or_else(|| agent.intrinsic(Intrinsic::ArrayPrototype));
    let array = agent.new_array_with(Some(proto), length);
    if length <= MAX_PREALLOCATION {
        array.reserve_elements(agent, length as usize)?;
    }
    Ok(array)
}

/// 23.1.2.2 Array.isArray ( arg )
pub(super) fn is_array_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    is_array(agent, cx.arg(0)).map(Value::bool)
}

/// `new C(...args)` if C is a constructor, else an empty array.
fn construct_or_array(agent: &mut Agent, c: Value, args: &[Value]) -> JsResult<Object> {
    let own = agent.intrinsic(Intrinsic::Array);
    match c.as_object().filter(|f| f.is_constructor() && *f != own) {
        Some(f) => agent.construct(f, args),
        None => match args.first().and_then(|v| v.as_number()) {
            Some(n) => super::array_common::array_create(agent, n as u64),
            None => Ok(agent.new_array()),
        },
    }
}

/// Whether [`construct_or_array`] makes an array that nobody has seen.
fn makes_plain_array(agent: &mut Agent, c: Value) -> bool {
    let own = agent.intrinsic(Intrinsic::Array);
    c.as_object()
        .is_none_or(|f| !f.is_constructor() || f == own)
}

/// 23.1.2.1 Array.from ( items [ , mapper [ , thisArg ] ] )
pub(super) fn from(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (items, mapper) = (cx.arg(0), cx.arg(1));
    let mapper = if mapper.is_undefined() {
        None
    } else {
        Some((callable(agent, mapper)?, cx.arg(2)))
    };
    if items.is_nullish() {
        return Err(crate::abstract_ops::not_iterable(agent, items));
    }
    let key = agent.symbols.iterator_key();
    let method = get_method(agent, items, key)?;
    if method.is_undefined() {
        return from_array_like(agent, cx.this(), items, mapper);
    }
    if let Some(source) = items.as_object()
        && iterates_as_array(agent, source, method)
    {
        return from_array(agent, cx.this(), source, mapper);
    }
    let a = construct_or_array(agent, cx.this(), &[])?;
    let mut record = get_iterator_from_method(agent, items, method)?;
    let plain = makes_plain_array(agent, cx.this()) && mapper.is_none();
    if plain && append_native_rest(agent, a, record.iterator, record.next)? {
        return Ok(a.into());
    }
    let mut k = 0;
    loop {
        if k >= MAX_SAFE {
            let t = agent.type_error("Too many elements");
            return Err(iterator_close_throw(agent, record.iterator, t));
        }
        let Some(v) = iterator_step_value(agent, &mut record)? else {
            break;
        };
        let mapped = map_value(agent, mapper, v, k);
        let v = close_on_throw(agent, record.iterator, mapped)?;
        let defined = create_index(agent, a, k, v);
        close_on_throw(agent, record.iterator, defined)?;
        k += 1;
    }
    set_length(agent, a, k)?;
    Ok(a.into())
}

fn map_value(
    agent: &mut Agent,
    mapper: Option<(Value, Value)>,
    v: Value,
    k: u64,
) -> JsResult<Value> {
    match mapper {
        Some((f, this)) => agent.call(f, this, &[v, Value::number(k as f64)]),
        None => Ok(v),
    }
}

/// Array.from of an array whose iteration nobody changed: no iterator, no result objects.
fn from_array(
    agent: &mut Agent,
    c: Value,
    source: Object,
    mapper: Option<(Value, Value)>,
) -> JsResult<Value> {
    let a = construct_or_array(agent, c, &[])?;
    if mapper.is_none()
        && makes_plain_array(agent, c)
        && append_elements(agent, a, source, length_of(source).unwrap_or(0))?
    {
        return Ok(a.into());
    }
    let mut k = 0;
    while k < u64::from(length_of(source).unwrap_or(0)) {
        let v = get_index(agent, source, k)?;
        let v = map_value(agent, mapper, v, k)?;
        create_index(agent, a, k, v)?;
        k += 1;
    }
    if !is_dense(a) || length_of(a) != u32::try_from(k).ok() {
        set_length(agent, a, k)?;
    }
    Ok(a.into())
}

/// Steps 6 to 13 of Array.from.
fn from_array_like(
    agent: &mut Agent,
    c: Value,
    items: Value,
    mapper: Option<(Value, Value)>,
) -> JsResult<Value> {
    let source = to_object(agent, items)?;
    let len = length_of_array_like(agent, source)?;
    let a = construct_or_array(agent, c, &[Value::number(len as f64)])?;
    if makes_plain_array(agent, c) {
        a.reserve_elements(agent, len.min(u64::from(MAX_PREALLOCATION)) as usize)?;
    }
    for k in 0..len {
        let v = get_index(agent, source, k)?;
        let v = map_value(agent, mapper, v, k)?;
        create_index(agent, a, k, v)?;
    }
    set_length(agent, a, len)?;
    Ok(a.into())
}

/// 23.1.2.3 Array.of ( ...items )
pub(super) fn of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let n = cx.argc() as u64;
    let a = construct_or_array(agent, cx.this(), &[Value::number(n as f64)])?;
    for (k, v) in cx.args().iter().enumerate() {
        create_index(agent, a, k as u64, *v)?;
    }
    set_length(agent, a, n)?;
    Ok(a.into())
}
