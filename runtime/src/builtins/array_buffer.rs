//! ArrayBuffer objects (25.1).

use super::array_common::species_getter;
use super::table::{ClassSpec, getter, method, requires_new, tag};
use crate::abstract_ops::{
    display_value, get, prototype_for_new, relative_index, species_constructor, to_index,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::buffer::{self, BufferCell};
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_bytecode::Feature;
use sarus_gc::Gc;

const IMMUTABLE: Feature = Feature::ImmutableArrayBuffer;

/// %ArrayBuffer%
pub static ARRAY_BUFFER: ClassSpec = ClassSpec {
    statics: &[
        method("isView", 1, is_view),
        getter("@@species", species_getter),
    ],
    methods: &[
        getter("byteLength", byte_length),
        getter("detached", detached),
        getter("immutable", immutable).only_with(IMMUTABLE),
        getter("maxByteLength", max_byte_length),
        getter("resizable", resizable),
        method("resize", 1, resize),
        method("slice", 2, slice),
        method("sliceToImmutable", 2, slice_to_immutable).only_with(IMMUTABLE),
        method("transfer", 0, transfer),
        method("transferToFixedLength", 0, transfer_to_fixed_length),
        method("transferToImmutable", 0, transfer_to_immutable).only_with(IMMUTABLE),
        tag("ArrayBuffer"),
    ],
    ..ClassSpec::new(
        Intrinsic::ArrayBuffer,
        Intrinsic::ArrayBufferPrototype,
        "ArrayBuffer",
        1,
        constructor,
    )
};

/// Byte length and maximum, converted and compared, as both buffer constructors take them.
pub(super) fn requested_lengths(agent: &mut Agent, cx: &CallArgs) -> JsResult<(u64, Option<u64>)> {
    let length = to_index(agent, cx.arg(0), "Invalid array buffer length")?;
    let max = match cx.arg(1).as_object() {
        None => None,
        Some(options) => {
            let key = agent.names.maxByteLength;
            let v = get(agent, options, key)?;
            if v.is_undefined() {
                None
            } else {
                Some(to_index(agent, v, "Invalid array buffer max length")?)
            }
        }
    };
    if max.is_some_and(|m| length > m) {
        return Err(agent.range_error("Invalid array buffer max length"));
    }
    Ok((length, max))
}

/// 25.1.4.1 ArrayBuffer ( length [ , options ] )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "ArrayBuffer")?;
    let (length, max) = requested_lengths(agent, cx)?;
    let proto = prototype_for_new(agent, cx.new_target(), Intrinsic::ArrayBufferPrototype)?;
    Ok(buffer::allocate_array_buffer(agent, proto, length, max)?.into())
}

/// 25.1.5.1 ArrayBuffer.isView ( arg )
fn is_view(_: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let v = cx.arg(0);
    Ok(Value::bool(
        v.is_kind(CellKind::TypedArray) || v.is_kind(CellKind::DataView),
    ))
}

/// `this` as a buffer of the right sort.
pub(super) fn this_buffer(
    agent: &mut Agent,
    cx: &CallArgs,
    shared: bool,
    name: &str,
) -> JsResult<(Object, Gc<BufferCell>)> {
    let o = cx.this().as_object();
    match o.and_then(|o| Some((o, o.as_buffer()?))) {
        Some((o, b)) if b.is_shared() == shared => Ok((o, b)),
        _ => {
            let text = display_value(agent, cx.this());
            let class = if shared {
                "SharedArrayBuffer"
            } else {
                "ArrayBuffer"
            };
            Err(agent.type_error(format!(
                "Method {class}.prototype.{name} called on incompatible receiver {text}"
            )))
        }
    }
}

fn this_unshared(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
) -> JsResult<(Object, Gc<BufferCell>)> {
    this_buffer(agent, cx, false, name)
}

fn check_attached(agent: &mut Agent, b: &BufferCell, name: &str) -> JsResult<()> {
    if b.is_detached() {
        return Err(agent.type_error(format!(
            "Cannot perform ArrayBuffer.prototype.{name} on a detached ArrayBuffer"
        )));
    }
    Ok(())
}

/// A TypeError for immutable buffers.
pub(super) fn check_mutable(
    agent: &mut Agent,
    b: &BufferCell,
    what: impl std::fmt::Display,
) -> JsResult<()> {
    if b.is_immutable() {
        return Err(agent.type_error(format!("Cannot perform {what} on an immutable ArrayBuffer")));
    }
    Ok(())
}

/// 25.1.6.1 get ArrayBuffer.prototype.byteLength
fn byte_length(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, b) = this_unshared(agent, cx, "byteLength")?;
    Ok(Value::usize(b.len()))
}

/// 25.1.6.3 get ArrayBuffer.prototype.detached
fn detached(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, b) = this_unshared(agent, cx, "detached")?;
    Ok(Value::bool(b.is_detached()))
}

/// get ArrayBuffer.prototype.immutable
fn immutable(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, b) = this_unshared(agent, cx, "immutable")?;
    Ok(Value::bool(b.is_immutable()))
}

/// 25.1.6.4 get ArrayBuffer.prototype.maxByteLength
fn max_byte_length(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, b) = this_unshared(agent, cx, "maxByteLength")?;
    Ok(Value::usize(b.max_byte_length()))
}

/// 25.1.6.5 get ArrayBuffer.prototype.resizable
fn resizable(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, b) = this_unshared(agent, cx, "resizable")?;
    Ok(Value::bool(b.is_resizable()))
}

/// 25.1.6.6 ArrayBuffer.prototype.resize ( newLength )
fn resize(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, b) = this_unshared(agent, cx, "resize")?;
    if !b.is_resizable() {
        return Err(agent.type_error(
            "Method ArrayBuffer.prototype.resize called on incompatible receiver #<ArrayBuffer>",
        ));
    }
    const MESSAGE: &str = "ArrayBuffer.prototype.resize: Invalid length parameter";
    let length = to_index(agent, cx.arg(0), MESSAGE)?;
    check_attached(agent, &b, "resize")?;
    if length > b.max_byte_length() as u64 || !b.resize(agent, length as usize) {
        return Err(agent.range_error(MESSAGE));
    }
    Ok(Value::UNDEFINED)
}

/// 25.1.6.7 ArrayBuffer.prototype.slice ( start, end )
fn slice(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, b) = this_unshared(agent, cx, "slice")?;
    check_attached(agent, &b, "slice")?;
    slice_buffer(agent, cx, o, &b, false)
}

/// The common part of both slice methods.
pub(super) fn slice_buffer(
    agent: &mut Agent,
    cx: &CallArgs,
    o: Object,
    b: &BufferCell,
    shared: bool,
) -> JsResult<Value> {
    let len = b.len() as u64;
    let first = relative_index(agent, cx.arg(0), len, 0)?;
    let last = relative_index(agent, cx.arg(1), len, len)?;
    let count = last.saturating_sub(first);
    let default = if shared {
        Intrinsic::SharedArrayBuffer
    } else {
        Intrinsic::ArrayBuffer
    };
    let c = species_constructor(agent, o, default)?;
    let new = agent.construct(c, &[Value::number(count as f64)])?;
    let Some(target) = new.as_buffer().filter(|t| t.is_shared() == shared) else {
        return Err(
            agent.type_error("Species constructor did not return a buffer of the same sort")
        );
    };
    if !shared {
        check_attached(agent, &target, "slice")?;
    }
    check_mutable(agent, &target, "ArrayBuffer.prototype.slice")?;
    let same = match (target.shared_block(), b.shared_block()) {
        (Some(x), Some(y)) => x.address() == y.address(),
        _ => new == o,
    };
    if same {
        return Err(agent.type_error("ArrayBuffer subclass returned this from species constructor"));
    }
    if (target.len() as u64) < count {
        return Err(agent.type_error("Species constructor returned a too small ArrayBuffer"));
    }
    if !shared {
        check_attached(agent, b, "slice")?;
    }
    target.copy_from(0, b, first as usize, count as usize);
    Ok(new.into())
}

/// ArrayBuffer.prototype.sliceToImmutable ( start, end )
fn slice_to_immutable(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    const NAME: &str = "sliceToImmutable";
    let (_, b) = this_unshared(agent, cx, NAME)?;
    check_attached(agent, &b, NAME)?;
    let len = b.len() as u64;
    let first = relative_index(agent, cx.arg(0), len, 0)?;
    let last = relative_index(agent, cx.arg(1), len, len)?;
    check_attached(agent, &b, NAME)?;
    // The conversions may have shrunk the buffer.
    if (b.len() as u64) < last {
        return Err(agent.range_error("ArrayBuffer.prototype.sliceToImmutable: Invalid end"));
    }
    let count = last.saturating_sub(first);
    let bytes = b.read_bytes(agent, first as usize, count as usize)?;
    Ok(buffer::allocate_immutable_array_buffer(agent, &bytes)?.into())
}

/// What a transfer makes of a buffer.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Transfer {
    /// A buffer of the same sort.
    Same,
    /// A buffer of fixed length.
    Fixed,
    /// An immutable buffer.
    Immutable,
}

/// 25.1.3.15 ArrayBufferCopyAndDetach
fn copy_and_detach(agent: &mut Agent, cx: &CallArgs, name: &str, to: Transfer) -> JsResult<Value> {
    let (o, b) = this_unshared(agent, cx, name)?;
    let length = if cx.arg(0).is_undefined() {
        b.len() as u64
    } else {
        to_index(agent, cx.arg(0), "Invalid array buffer length")?
    };
    check_attached(agent, &b, name)?;
    check_mutable(agent, &b, format_args!("ArrayBuffer.prototype.{name}"))?;
    let max = (to == Transfer::Same && b.is_resizable()).then(|| b.max_byte_length() as u64);
    if max.is_some_and(|m| length > m) {
        return Err(agent.range_error("Invalid array buffer length"));
    }
    let proto = agent.intrinsic(Intrinsic::ArrayBufferPrototype);
    let new = match to {
        Transfer::Immutable => buffer::transfer_to_immutable(agent, o, proto, length)?,
        _ => buffer::transfer(agent, o, proto, length, max)?,
    };
    Ok(new.into())
}

/// 25.1.6.8 ArrayBuffer.prototype.transfer ( [ newLength ] )
fn transfer(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    copy_and_detach(agent, cx, "transfer", Transfer::Same)
}

/// 25.1.6.9 ArrayBuffer.prototype.transferToFixedLength ( [ newLength ] )
fn transfer_to_fixed_length(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    copy_and_detach(agent, cx, "transferToFixedLength", Transfer::Fixed)
}

/// ArrayBuffer.prototype.transferToImmutable ( [ newLength ] )
fn transfer_to_immutable(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    copy_and_detach(agent, cx, "transferToImmutable", Transfer::Immutable)
}
