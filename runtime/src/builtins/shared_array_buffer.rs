//! SharedArrayBuffer objects (25.2).

use super::array_buffer::{requested_lengths, slice_buffer, this_buffer};
use super::array_common::species_getter;
use super::table::{ClassSpec, getter, method, requires_new, tag};
use crate::abstract_ops::{prototype_for_new, to_index};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::buffer;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %SharedArrayBuffer%
pub static SHARED_ARRAY_BUFFER: ClassSpec = ClassSpec {
    statics: &[getter("@@species", species_getter)],
    methods: &[
        getter("byteLength", byte_length),
        method("grow", 1, grow),
        getter("growable", growable),
        getter("maxByteLength", max_byte_length),
        method("slice", 2, slice),
        tag("SharedArrayBuffer"),
    ],
    ..ClassSpec::new(
        Intrinsic::SharedArrayBuffer,
        Intrinsic::SharedArrayBufferPrototype,
        "SharedArrayBuffer",
        1,
        constructor,
    )
};

/// 25.2.3.1 SharedArrayBuffer ( length [ , options ] )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "SharedArrayBuffer")?;
    let (length, max) = requested_lengths(agent, cx)?;
    let proto = prototype_for_new(
        agent,
        cx.new_target(),
        Intrinsic::SharedArrayBufferPrototype,
    )?;
    Ok(buffer::allocate_shared_array_buffer(agent, proto, length, max)?.into())
}

/// 25.2.5.1 get SharedArrayBuffer.prototype.byteLength
fn byte_length(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, b) = this_buffer(agent, cx, true, "byteLength")?;
    Ok(Value::usize(b.len()))
}

/// 25.2.5.3 SharedArrayBuffer.prototype.grow ( newLength )
fn grow(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, b) = this_buffer(agent, cx, true, "grow")?;
    if !b.is_resizable() {
        return Err(agent.type_error(
            "Method SharedArrayBuffer.prototype.grow called on incompatible receiver #<SharedArrayBuffer>",
        ));
    }
    const MESSAGE: &str = "SharedArrayBuffer.prototype.grow: Invalid length parameter";
    let length = to_index(agent, cx.arg(0), MESSAGE)?;
    if !usize::try_from(length).is_ok_and(|n| b.grow_shared(agent, n)) {
        return Err(agent.range_error(MESSAGE));
    }
    Ok(Value::UNDEFINED)
}

/// 25.2.5.4 get SharedArrayBuffer.prototype.growable
fn growable(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, b) = this_buffer(agent, cx, true, "growable")?;
    Ok(Value::bool(b.is_resizable()))
}

/// 25.2.5.5 get SharedArrayBuffer.prototype.maxByteLength
fn max_byte_length(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, b) = this_buffer(agent, cx, true, "maxByteLength")?;
    Ok(Value::usize(b.max_byte_length()))
}

/// 25.2.5.6 SharedArrayBuffer.prototype.slice ( start, end )
fn slice(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, b) = this_buffer(agent, cx, true, "slice")?;
    slice_buffer(agent, cx, o, &b, true)
}
