//! Element accesses: which objects have plain elements, strings and typed arrays.

use super::site::feed_typed;
use crate::arith::{number, number_of, to_int32};
use crate::frame::Frame;
use sarus_gc::Header;
use sarus_jit::snapshot::element::STRING;
use sarus_runtime::agent::Agent;
use sarus_runtime::error::JsResult;
use sarus_runtime::kind::{CellKind, FIRST_OBJECT_KIND};
use sarus_runtime::object::typed_array::{DATA_OFFSET, ElementType, LENGTH_OFFSET, TYPE_OFFSET};
use sarus_runtime::object::{EXOTIC, Object, array};
use sarus_runtime::text::StrView;
use sarus_runtime::value::Value;

/// True for the header of an object whose indexed properties are dense values and nothing else.
#[inline(always)]
pub fn has_plain_elements(header: &Header) -> bool {
    header.kind() >= FIRST_OBJECT_KIND && header.flags() & EXOTIC == 0 && header.aux() & 3 == 0
}

/// Elements of strings and typed arrays, where nothing can go wrong.
#[inline(never)]
pub fn get_special(agent: &Agent, f: Frame, o: Value, i: i32) -> Option<Value> {
    if let Some(s) = o.as_string() {
        f.feed(STRING);
        return match s.flat()? {
            StrView::Latin1(b) => b
                .get(i as u32 as usize)
                .map(|c| agent.char_string(*c).into()),
            StrView::Utf16(u) => match u.get(i as u32 as usize) {
                Some(&c) if c < 0x100 => Some(agent.char_string(c as u8).into()),
                _ => None,
            },
        };
    }
    if o.is_kind(CellKind::TypedArray) {
        // SAFETY: the kind was checked.
        let v = unsafe { load_typed(o.bits() as usize, i as u32 as usize) };
        feed_typed(f, o, v.is_some_and(Value::is_double));
        return v;
    }
    None
}

/// # Safety
/// `cell` is the address of a typed array.
#[inline(always)]
unsafe fn load_typed(cell: usize, i: usize) -> Option<Value> {
    const INT8: u8 = ElementType::Int8 as u8;
    const UINT8: u8 = ElementType::Uint8 as u8;
    const CLAMPED: u8 = ElementType::Uint8Clamped as u8;
    const INT16: u8 = ElementType::Int16 as u8;
    const UINT16: u8 = ElementType::Uint16 as u8;
    const INT32: u8 = ElementType::Int32 as u8;
    const UINT32: u8 = ElementType::Uint32 as u8;
    const FLOAT32: u8 = ElementType::Float32 as u8;
    const FLOAT64: u8 = ElementType::Float64 as u8;
    // SAFETY: the first `length` elements may be accessed through the data pointer and are aligned. Other threads may
    // write to shared blocks; volatile reads of up to eight aligned bytes see some value that was there.
    unsafe {
        if i >= *((cell + LENGTH_OFFSET) as *const usize) {
            return None;
        }
        let data = *((cell + DATA_OFFSET) as *const *const u8);
        Some(match *((cell + TYPE_OFFSET) as *const u8) {
            UINT8 | CLAMPED => Value::int(i32::from(data.add(i).read_volatile())),
            INT8 => Value::int(i32::from(data.add(i).read_volatile() as i8)),
            INT16 => Value::int(i32::from(data.cast::<i16>().add(i).read_volatile())),
            UINT16 => Value::int(i32::from(data.cast::<u16>().add(i).read_volatile())),
            INT32 => Value::int(data.cast::<i32>().add(i).read_volatile()),
            UINT32 => Value::uint(data.cast::<u32>().add(i).read_volatile()),
            FLOAT32 => number(f64::from(data.cast::<f32>().add(i).read_volatile())),
            FLOAT64 => number(data.cast::<f64>().add(i).read_volatile()),
            _ => return None,
        })
    }
}

/// Stores to typed arrays, where nothing can go wrong; false if it was not done.
#[inline(never)]
pub fn set_special(f: Frame, o: Value, i: i32, v: Value) -> bool {
    const INT8: u8 = ElementType::Int8 as u8;
    const UINT8: u8 = ElementType::Uint8 as u8;
    const CLAMPED: u8 = ElementType::Uint8Clamped as u8;
    const INT16: u8 = ElementType::Int16 as u8;
    const UINT16: u8 = ElementType::Uint16 as u8;
    const INT32: u8 = ElementType::Int32 as u8;
    const UINT32: u8 = ElementType::Uint32 as u8;
    const FLOAT32: u8 = ElementType::Float32 as u8;
    const FLOAT64: u8 = ElementType::Float64 as u8;
    if !o.is_kind(CellKind::TypedArray) || !v.is_number() {
        return false;
    }
    feed_typed(f, o, false);
    let (cell, i) = (o.bits() as usize, i as u32 as usize);
    // SAFETY: as in `load_typed`.
    unsafe {
        if i >= *((cell + LENGTH_OFFSET) as *const usize) {
            return false;
        }
        let data = *((cell + DATA_OFFSET) as *const *mut u8);
        match *((cell + TYPE_OFFSET) as *const u8) {
            UINT8 | INT8 => data.add(i).write_volatile(to_int32(v) as u8),
            CLAMPED if v.is_int() => data
                .add(i)
                .write_volatile(v.int_unchecked().clamp(0, 255) as u8),
            INT16 | UINT16 => data.cast::<u16>().add(i).write_volatile(to_int32(v) as u16),
            INT32 | UINT32 => data.cast::<i32>().add(i).write_volatile(to_int32(v)),
            FLOAT32 => data
                .cast::<f32>()
                .add(i)
                .write_volatile(number_of(v) as f32),
            FLOAT64 => data.cast::<f64>().add(i).write_volatile(number_of(v)),
            _ => return false,
        }
    }
    true
}

/// Stores to an absent element of an object with plain elements, if no prototype has elements; false if it was not done.
pub fn append(agent: &mut Agent, o: Object, i: u32, v: Value) -> JsResult<bool> {
    if !has_plain_elements(o.header()) || !chain_has_no_elements(agent, o) {
        return Ok(false);
    }
    o.put_element(agent, i, v)?;
    array::note_index(o, i);
    Ok(true)
}

/// True if no object on the prototype chain can have indexed properties.
#[inline]
pub fn chain_has_no_elements(agent: &Agent, o: Object) -> bool {
    agent.inherits_no_elements(o)
}
