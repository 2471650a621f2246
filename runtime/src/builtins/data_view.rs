//! DataView objects (25.3).

use super::array_buffer::check_mutable;
use super::table::{ClassSpec, getter, method, requires_new, tag};
use super::typed_array_constructor::detached;
use crate::abstract_ops::{display_value, prototype_for_new, to_boolean, to_index};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::object::Object;
use crate::object::typed_array::{DataViewCell, ElementType};
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_gc::Gc;

macro_rules! get_row {
    ($name:literal, $type:ident) => {
        method($name, 1, |agent, cx| {
            get_view_value(agent, cx, $name, ElementType::$type)
        })
    };
}
macro_rules! set_row {
    ($name:literal, $type:ident) => {
        method($name, 2, |agent, cx| {
            set_view_value(agent, cx, $name, ElementType::$type)
        })
    };
}

/// %DataView%
pub static DATA_VIEW: ClassSpec = ClassSpec {
    methods: &[
        getter("buffer", buffer),
        getter("byteLength", byte_length),
        getter("byteOffset", byte_offset),
        get_row!("getInt8", Int8),
        set_row!("setInt8", Int8),
        get_row!("getUint8", Uint8),
        set_row!("setUint8", Uint8),
        get_row!("getInt16", Int16),
        set_row!("setInt16", Int16),
        get_row!("getUint16", Uint16),
        set_row!("setUint16", Uint16),
        get_row!("getInt32", Int32),
        set_row!("setInt32", Int32),
        get_row!("getUint32", Uint32),
        set_row!("setUint32", Uint32),
        get_row!("getFloat16", Float16),
        set_row!("setFloat16", Float16),
        get_row!("getFloat32", Float32),
        set_row!("setFloat32", Float32),
        get_row!("getFloat64", Float64),
        set_row!("setFloat64", Float64),
        get_row!("getBigInt64", BigInt64),
        set_row!("setBigInt64", BigInt64),
        get_row!("getBigUint64", BigUint64),
        set_row!("setBigUint64", BigUint64),
        tag("DataView"),
    ],
    ..ClassSpec::new(
        Intrinsic::DataView,
        Intrinsic::DataViewPrototype,
        "DataView",
        1,
        constructor,
    )
};

/// 25.3.2.1 DataView ( buffer [ , byteOffset [ , byteLength ] ] )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "DataView")?;
    let Some(b) = cx.arg(0).as_object().and_then(Object::as_buffer) else {
        return Err(
            agent.type_error("First argument to DataView constructor must be an ArrayBuffer")
        );
    };
    let offset = to_index(
        agent,
        cx.arg(1),
        "Start offset is outside the bounds of the buffer",
    )?;
    if b.is_detached() {
        return Err(detached(agent, "DataView"));
    }
    let buffer_length = b.len();
    check_offset(agent, offset, buffer_length)?;
    let len = cx.arg(2);
    let view = if len.is_undefined() {
        // A fixed length that is to hold even when the buffer changes below.
        (!b.is_resizable()).then(|| buffer_length as u64 - offset)
    } else {
        let n = to_index(agent, len, "Invalid DataView length")?;
        // The conversion may have detached the buffer, which is found out below.
        check_length(agent, offset, n, buffer_length)?;
        Some(n)
    };
    let proto = prototype_for_new(agent, cx.new_target(), Intrinsic::DataViewPrototype)?;
    if b.is_detached() {
        return Err(detached(agent, "DataView"));
    }
    check_offset(agent, offset, b.len())?;
    if !len.is_undefined()
        && let Some(n) = view
    {
        check_length(agent, offset, n, b.len())?;
    }
    let view = view.map(|n| n as usize);
    Ok(agent.new_data_view(proto, b, offset as usize, view).into())
}

fn check_offset(agent: &mut Agent, offset: u64, len: usize) -> JsResult<()> {
    if offset > len as u64 {
        return Err(agent.range_error(format!(
            "Start offset {offset} is outside the bounds of the buffer"
        )));
    }
    Ok(())
}

fn check_length(agent: &mut Agent, offset: u64, n: u64, len: usize) -> JsResult<()> {
    if offset.checked_add(n).is_none_or(|end| end > len as u64) {
        return Err(agent.range_error(format!("Invalid DataView length {n}")));
    }
    Ok(())
}

fn this_view(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Gc<DataViewCell>> {
    match cx.this().as_object().and_then(Object::as_data_view) {
        Some(view) => Ok(view),
        None => {
            let text = display_value(agent, cx.this());
            Err(agent.type_error(format!(
                "Method DataView.prototype.{name} called on incompatible receiver {text}"
            )))
        }
    }
}

/// The length of a view, a TypeError when it is out of bounds.
fn attached_length(agent: &mut Agent, view: &DataViewCell, name: &str) -> JsResult<usize> {
    match view.current() {
        Some(n) => Ok(n),
        None => Err(detached(agent, &format!("DataView.prototype.{name}"))),
    }
}

/// 25.3.4.1 get DataView.prototype.buffer
fn buffer(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let view = this_view(agent, cx, "buffer")?;
    Ok(view.buffer_object().into())
}

/// 25.3.4.2 get DataView.prototype.byteLength
fn byte_length(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let view = this_view(agent, cx, "byteLength")?;
    attached_length(agent, &view, "byteLength").map(Value::usize)
}

/// 25.3.4.3 get DataView.prototype.byteOffset
fn byte_offset(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let view = this_view(agent, cx, "byteOffset")?;
    attached_length(agent, &view, "byteOffset")?;
    Ok(Value::usize(view.byte_offset()))
}

const OUTSIDE: &str = "Offset is outside the bounds of the DataView";

#[cold]
fn outside(agent: &mut Agent) -> Throw {
    agent.range_error(OUTSIDE)
}

/// Where in the buffer an access is; a RangeError when it does not lie in the view.
fn position(
    agent: &mut Agent,
    view: &DataViewCell,
    name: &str,
    index: u64,
    size: usize,
) -> JsResult<usize> {
    let len = attached_length(agent, view, name)? as u64;
    match index.checked_add(size as u64) {
        Some(end) if end <= len => Ok(view.byte_offset() + index as usize),
        _ => Err(outside(agent)),
    }
}

/// The low `size` bytes in the opposite order.
fn swap(bits: u64, size: usize) -> u64 {
    bits.swap_bytes() >> (64 - 8 * size)
}

/// 25.3.1.5 GetViewValue
fn get_view_value(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
    ty: ElementType,
) -> JsResult<Value> {
    let view = this_view(agent, cx, name)?;
    let index = to_index(agent, cx.arg(0), OUTSIDE)?;
    let little = to_boolean(cx.arg(1));
    let at = position(agent, &view, name, index, ty.size())?;
    let Some(bits) = view.buffer().load(at, ty.size()) else {
        return Err(outside(agent));
    };
    let bits = if little { bits } else { swap(bits, ty.size()) };
    Ok(ty.to_value(agent, bits))
}

/// 25.3.1.6 SetViewValue
fn set_view_value(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
    ty: ElementType,
) -> JsResult<Value> {
    let view = this_view(agent, cx, name)?;
    check_mutable(
        agent,
        &view.buffer(),
        format_args!("DataView.prototype.{name}"),
    )?;
    let index = to_index(agent, cx.arg(0), OUTSIDE)?;
    let bits = ty.from_value(agent, cx.arg(1))?;
    let little = to_boolean(cx.arg(2));
    let at = position(agent, &view, name, index, ty.size())?;
    let bits = if little { bits } else { swap(bits, ty.size()) };
    if !view.buffer().store(at, ty.size(), bits) {
        return Err(outside(agent));
    }
    Ok(Value::UNDEFINED)
}
