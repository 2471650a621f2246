//! Construction of typed arrays (23.2.4, 23.2.5) and %TypedArray%'s static methods (23.2.2).

use super::array_buffer::check_mutable;
use super::array_common::{callable, get_index, has_original_species};
use super::array_iterator::iterates_as_array;
use crate::abstract_ops::{
    display_value, get_iterator_from_method, get_method, iterator_step_value, length_of_array_like,
    prototype_for_new, species_constructor, to_index, to_object,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::object::Object;
use crate::object::buffer::{BufferCell, allocate_array_buffer};
use crate::object::ordinary::{Lookup, lookup_own};
use crate::object::typed_array::{ElementType, TypedArrayCell, length, set_element};
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_gc::{Gc, RootVec};

/// 23.2.1.1 %TypedArray% ( )
pub(super) fn abstract_constructor(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    Err(agent.type_error("Abstract class TypedArray not directly constructable"))
}

#[cold]
fn invalid_length(agent: &mut Agent, n: u64) -> Throw {
    agent.range_error(format!("Invalid typed array length: {n}"))
}

#[cold]
pub(super) fn detached(agent: &mut Agent, what: &str) -> Throw {
    agent.type_error(format!("Cannot perform {what} on a detached ArrayBuffer"))
}

/// AllocateTypedArrayBuffer and the array over it, all zero.
pub(super) fn allocate(
    agent: &mut Agent,
    ty: ElementType,
    proto: Object,
    len: u64,
) -> JsResult<Object> {
    let Some(bytes) = len.checked_mul(ty.size() as u64) else {
        return Err(invalid_length(agent, len));
    };
    let buffer_proto = agent.intrinsic(Intrinsic::ArrayBufferPrototype);
    let buffer = allocate_array_buffer(agent, buffer_proto, bytes, None)?;
    let Some(cell) = buffer.as_buffer() else {
        return Err(invalid_length(agent, len));
    };
    Ok(agent.new_typed_array(ty, proto, cell, 0, Some(len as usize)))
}

/// TypedArrayCreateSameType and creation with the intrinsic constructor.
pub(super) fn allocate_intrinsic(agent: &mut Agent, ty: ElementType, len: u64) -> JsResult<Object> {
    let proto = agent.intrinsic(ty.prototype());
    allocate(agent, ty, proto, len)
}

/// 23.2.5.1 TypedArray ( ...args )
pub(super) fn construct(agent: &mut Agent, cx: &CallArgs, ty: ElementType) -> JsResult<Value> {
    if !cx.is_construct() {
        return Err(agent.type_error(format!(
            "Constructor {} requires 'new'",
            ty.constructor_name()
        )));
    }
    let Some(first) = cx.arg(0).as_object() else {
        let len = match cx.arg(0).as_int() {
            Some(n) if n >= 0 => n as u64,
            _ => {
                let message = match cx.arg(0).as_number() {
                    Some(n) => format!("Invalid typed array length: {n}"),
                    None => "Invalid typed array length".to_string(),
                };
                to_index(agent, cx.arg(0), &message)?
            }
        };
        let proto = prototype_for_new(agent, cx.new_target(), ty.prototype())?;
        return Ok(allocate(agent, ty, proto, len)?.into());
    };
    let proto = prototype_for_new(agent, cx.new_target(), ty.prototype())?;
    let array = if let Some(source) = first.as_typed_array() {
        from_typed_array(agent, ty, proto, &source)?
    } else if let Some(buffer) = first.as_buffer() {
        over_buffer(agent, ty, proto, buffer, cx.arg(1), cx.arg(2))?
    } else {
        let key = agent.symbols.iterator_key();
        let method = get_method(agent, first.into(), key)?;
        if method.is_undefined() {
            from_array_like(agent, ty, proto, first)?
        } else {
            let values = list_of(agent, first.into(), method)?;
            let array = allocate(agent, ty, proto, values.len() as u64)?;
            for (i, v) in values.iter().enumerate() {
                set_element(agent, array, i, *v)?;
            }
            array
        }
    };
    Ok(array.into())
}

/// IteratorToList, straight from the elements where iteration is that.
fn list_of(agent: &mut Agent, v: Value, method: Value) -> JsResult<RootVec<Value>> {
    let mut list = agent.heap.root_vec::<Value>();
    if let Some(o) = v.as_object()
        && iterates_as_array(agent, o, method)
    {
        let mut i = 0;
        while i < length_of_array_like(agent, o)? {
            let v = get_index(agent, o, i)?;
            list.push(v);
            i += 1;
        }
        return Ok(list);
    }
    let mut record = get_iterator_from_method(agent, v, method)?;
    while let Some(v) = iterator_step_value(agent, &mut record)? {
        list.push(v);
    }
    Ok(list)
}

/// 23.2.5.1.2 InitializeTypedArrayFromTypedArray
fn from_typed_array(
    agent: &mut Agent,
    ty: ElementType,
    proto: Object,
    source: &TypedArrayCell,
) -> JsResult<Object> {
    let Some(len) = source.current() else {
        return Err(detached(agent, "Construct"));
    };
    let array = allocate(agent, ty, proto, len as u64)?;
    if source.element_type().is_bigint() != ty.is_bigint() {
        return Err(content_type_error(agent));
    }
    if let Some(target) = array.as_typed_array() {
        copy_elements(source, 0, &target, 0, len);
    }
    Ok(array)
}

/// Copies elements between arrays of the same content type whose memory does not overlap.
pub(super) fn copy_elements(
    source: &TypedArrayCell,
    from: usize,
    target: &TypedArrayCell,
    to: usize,
    count: usize,
) {
    let (s, t) = (source.element_type(), target.element_type());
    if s == t {
        let size = s.size();
        target.buffer().copy_from(
            target.byte_offset() + to * size,
            &source.buffer(),
            source.byte_offset() + from * size,
            count * size,
        );
        return;
    }
    for i in 0..count {
        if let Some(bits) = source.load(from + i) {
            target.store(to + i, convert(s, t, bits));
        }
    }
}

/// The bits of an element of one type as an element of another with the same content type.
pub(super) fn convert(from: ElementType, to: ElementType, bits: u64) -> u64 {
    if from.is_bigint() {
        return bits;
    }
    let n = number_of(from, bits);
    to.from_number(n)
}

/// The Number of an element that is no BigInt.
pub(super) fn number_of(ty: ElementType, bits: u64) -> f64 {
    match ty {
        ElementType::Int8 => f64::from(bits as i8),
        ElementType::Uint8 | ElementType::Uint8Clamped => f64::from(bits as u8),
        ElementType::Int16 => f64::from(bits as i16),
        ElementType::Uint16 => f64::from(bits as u16),
        ElementType::Int32 => f64::from(bits as i32),
        ElementType::Uint32 => f64::from(bits as u32),
        ElementType::BigInt64 => bits as i64 as f64,
        ElementType::BigUint64 => bits as f64,
        ElementType::Float16 => crate::numeric::f16_bits_to_f64(bits as u16),
        ElementType::Float32 => f64::from(f32::from_bits(bits as u32)),
        ElementType::Float64 => f64::from_bits(bits),
    }
}

#[cold]
pub(super) fn content_type_error(agent: &mut Agent) -> Throw {
    agent.type_error("Cannot mix BigInt and other types, use explicit conversions")
}

/// 23.2.5.1.3 InitializeTypedArrayFromArrayBuffer
pub(super) fn over_buffer(
    agent: &mut Agent,
    ty: ElementType,
    proto: Object,
    buffer: Gc<BufferCell>,
    offset: Value,
    len: Value,
) -> JsResult<Object> {
    let (size, name) = (ty.size() as u64, ty.constructor_name());
    let offset = to_index(agent, offset, "Start offset is too large:")?;
    if !offset.is_multiple_of(size) {
        return Err(agent.range_error(format!(
            "start offset of {name} should be a multiple of {size}"
        )));
    }
    let requested = if len.is_undefined() {
        None
    } else {
        Some(to_index(agent, len, "Invalid typed array length")?)
    };
    if buffer.is_detached() {
        return Err(detached(agent, "Construct"));
    }
    let available = buffer.len() as u64;
    let outside = |agent: &mut Agent| {
        agent.range_error(format!(
            "Start offset {offset} is outside the bounds of the buffer"
        ))
    };
    let elements = match requested {
        None if buffer.is_resizable() => {
            if offset > available {
                return Err(outside(agent));
            }
            None
        }
        None => {
            if !available.is_multiple_of(size) {
                return Err(agent.range_error(format!(
                    "byte length of {name} should be a multiple of {size}"
                )));
            }
            match available.checked_sub(offset) {
                Some(bytes) => Some(bytes / size),
                None => return Err(outside(agent)),
            }
        }
        Some(n) => {
            let end = n.checked_mul(size).and_then(|b| b.checked_add(offset));
            if end.is_none_or(|end| end > available) {
                return Err(invalid_length(agent, n));
            }
            Some(n)
        }
    };
    let elements = elements.map(|n| n as usize);
    Ok(agent.new_typed_array(ty, proto, buffer, offset as usize, elements))
}

/// 23.2.5.1.5 InitializeTypedArrayFromArrayLike
fn from_array_like(
    agent: &mut Agent,
    ty: ElementType,
    proto: Object,
    source: Object,
) -> JsResult<Object> {
    let len = length_of_array_like(agent, source)?;
    let array = allocate(agent, ty, proto, len)?;
    for k in 0..len {
        let v = get_index(agent, source, k)?;
        set_element(agent, array, k as usize, v)?;
    }
    Ok(array)
}

/// 23.2.4.4 ValidateTypedArray: the object, its cell and length.
pub(super) fn validate(agent: &mut Agent, v: Value, what: &str) -> JsResult<(Object, usize)> {
    let Some(o) = v.as_object().filter(|o| o.as_typed_array().is_some()) else {
        return Err(agent.type_error("this is not a typed array."));
    };
    match length(o) {
        Some(n) => Ok((o, n)),
        None => Err(detached(agent, &format!("%TypedArray%.prototype.{what}"))),
    }
}

/// ValidateTypedArray for writing: a TypeError also when the buffer is immutable.
pub(super) fn validate_mutable(
    agent: &mut Agent,
    v: Value,
    what: &str,
) -> JsResult<(Object, usize)> {
    let (o, n) = validate(agent, v, what)?;
    if let Some(cell) = o.as_typed_array() {
        check_mutable(
            agent,
            &cell.buffer(),
            format_args!("%TypedArray%.prototype.{what}"),
        )?;
    }
    Ok((o, n))
}

/// The element type of a validated array.
pub(super) fn type_of(o: Object) -> ElementType {
    o.as_typed_array()
        .map_or(ElementType::Uint8, |c| c.element_type())
}

/// 23.2.4.2 TypedArrayCreateFromConstructor; `expected` is the length when that is the argument.
pub(super) fn create_from_constructor(
    agent: &mut Agent,
    c: Object,
    args: &[Value],
    expected: Option<u64>,
) -> JsResult<Object> {
    let new = agent.construct(c, args)?;
    // Who gives a length is going to fill the array in.
    let check = match expected {
        Some(_) => validate_mutable,
        None => validate,
    };
    let (new, len) = check(agent, new.into(), "constructor")?;
    if expected.is_some_and(|n| (len as u64) < n) {
        return Err(
            agent.type_error("Derived TypedArray constructor created an array which was too small")
        );
    }
    Ok(new)
}

/// True when TypedArraySpeciesCreate of `o` is the intrinsic constructor and nothing on the way is
/// observable.
fn species_is_intrinsic(agent: &mut Agent, o: Object, ty: ElementType) -> bool {
    let proto = agent.intrinsic(ty.prototype());
    if o.shape(agent).prototype_object() != Some(proto) || o.shape(agent).property_count() != 0 {
        return false;
    }
    let class = agent.intrinsic(ty.constructor());
    let key = agent.names.constructor;
    let same = matches!(lookup_own(agent, proto, key), Lookup::Data(v, _) if v == class.into());
    let parent = agent.intrinsic(Intrinsic::TypedArray);
    let species = PropertyKey::symbol(agent.symbols.species);
    same && class.shape(agent).prototype_object() == Some(parent)
        && matches!(lookup_own(agent, class, species), Lookup::Absent)
        && has_original_species(agent, parent)
}

/// 23.2.4.1 TypedArraySpeciesCreate with a length.
pub(super) fn species_create(agent: &mut Agent, o: Object, len: u64) -> JsResult<Object> {
    let ty = type_of(o);
    if species_is_intrinsic(agent, o, ty) {
        return allocate_intrinsic(agent, ty, len);
    }
    let args = [Value::number(len as f64)];
    species_create_with(agent, o, ty, &args, Some(len))
}

fn species_create_with(
    agent: &mut Agent,
    o: Object,
    ty: ElementType,
    args: &[Value],
    expected: Option<u64>,
) -> JsResult<Object> {
    let c = species_constructor(agent, o, ty.constructor())?;
    let new = create_from_constructor(agent, c, args, expected)?;
    if type_of(new).is_bigint() != ty.is_bigint() {
        return Err(content_type_error(agent));
    }
    Ok(new)
}

/// 23.2.4.1 TypedArraySpeciesCreate over a buffer, for subarray.
pub(super) fn species_create_over(
    agent: &mut Agent,
    o: Object,
    offset: u64,
    len: Option<u64>,
) -> JsResult<Object> {
    let ty = type_of(o);
    let Some(cell) = o.as_typed_array() else {
        return Err(agent.type_error("this is not a typed array."));
    };
    let buffer = cell.buffer();
    let offset = Value::number(offset as f64);
    let len = len.map(|n| Value::number(n as f64));
    if species_is_intrinsic(agent, o, ty) {
        let proto = agent.intrinsic(ty.prototype());
        let len = len.unwrap_or(Value::UNDEFINED);
        return over_buffer(agent, ty, proto, buffer, offset, len);
    }
    let buffer = crate::object::buffer::object_of(buffer).into();
    match len {
        Some(len) => species_create_with(agent, o, ty, &[buffer, offset, len], None),
        None => species_create_with(agent, o, ty, &[buffer, offset], None),
    }
}

/// `this` of the static methods.
fn this_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Object> {
    match cx.this().as_object().filter(|c| c.is_constructor()) {
        Some(c) => Ok(c),
        None => {
            let text = display_value(agent, cx.this());
            Err(agent.type_error(format!("{text} is not a constructor")))
        }
    }
}

/// 23.2.2.1 %TypedArray%.from ( source [ , mapper [ , thisArg ] ] )
pub(super) fn from(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let c = this_constructor(agent, cx)?;
    let mapper = cx.arg(1);
    if !mapper.is_undefined() {
        callable(agent, mapper)?;
    }
    let source = cx.arg(0);
    let key = agent.symbols.iterator_key();
    let method = get_method(agent, source, key)?;
    let map = |agent: &mut Agent, v: Value, k: u64| {
        if mapper.is_undefined() {
            Ok(v)
        } else {
            agent.call(mapper, cx.arg(2), &[v, Value::number(k as f64)])
        }
    };
    if !method.is_undefined() {
        let values = list_of(agent, source, method)?;
        let n = values.len() as u64;
        let target = create_from_constructor(agent, c, &[Value::number(n as f64)], Some(n))?;
        for (k, v) in values.iter().enumerate() {
            let v = map(agent, *v, k as u64)?;
            set_element(agent, target, k, v)?;
        }
        return Ok(target.into());
    }
    let source = to_object(agent, source)?;
    let n = length_of_array_like(agent, source)?;
    let target = create_from_constructor(agent, c, &[Value::number(n as f64)], Some(n))?;
    for k in 0..n {
        let v = get_index(agent, source, k)?;
        let v = map(agent, v, k)?;
        set_element(agent, target, k as usize, v)?;
    }
    Ok(target.into())
}

/// 23.2.2.2 %TypedArray%.of ( ...items )
pub(super) fn of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let c = this_constructor(agent, cx)?;
    let n = cx.argc() as u64;
    let target = create_from_constructor(agent, c, &[Value::number(n as f64)], Some(n))?;
    for (k, v) in cx.args().iter().enumerate() {
        set_element(agent, target, k, *v)?;
    }
    Ok(target.into())
}
