//! Conversions, `typeof`, `in`, jump tables.

use crate::arith::feedback;
use crate::exception;
use crate::frame::Frame;
use sarus_bytecode::opcodes::TypeofWhat;
use sarus_runtime::abstract_ops;
use sarus_runtime::agent::Agent;
use sarus_runtime::error::JsResult;
use sarus_runtime::object::HTMLDDA;
use sarus_runtime::value::Value;

/// `ToString`.
#[inline(never)]
pub fn to_string(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let v = f.reg(f.b());
    if v.is_object() {
        f.feed(feedback::ANY);
    }
    let s = abstract_ops::to_string(agent, v)?;
    f.set(f.a(), s.into());
    Ok(())
}

/// `ToPropertyKey`.
#[inline(never)]
pub fn to_property_key(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let v = f.reg(f.b());
    let key = if v.is_symbol() || v.as_int().is_some_and(|i| i >= 0) {
        v
    } else {
        let key = abstract_ops::to_property_key(agent, v)?;
        match key.as_index().map(i32::try_from) {
            Some(Ok(i)) => Value::int(i),
            Some(Err(_)) | None => key.to_value(agent),
        }
    };
    f.set(f.a(), key);
    Ok(())
}

/// `ToObject`.
#[inline(never)]
pub fn to_object(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let o = abstract_ops::to_object(agent, f.reg(f.b()))?;
    f.set(f.a(), o.into());
    Ok(())
}

/// `ConcatStrings`.
#[inline(never)]
pub fn concat_strings(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let all = abstract_ops::join_text(agent, f.regs(f.bc(), f.x(1) as usize))?;
    f.set(f.a(), all.into());
    Ok(())
}

/// `typeof v`.
#[inline(never)]
pub fn type_of(agent: &Agent, v: Value) -> Value {
    let names = &agent.names;
    let key = match abstract_ops::type_of(v) {
        "number" => names.number,
        "string" => names.string,
        "function" => names.function,
        "object" => names.object,
        "boolean" => names.boolean,
        "symbol" => names.symbol,
        "bigint" => names.bigint,
        _ => names.undefined,
    };
    key.as_atom().map_or(Value::UNDEFINED, Value::from)
}

/// Whether `typeof v` is the type numbered `what`.
#[inline(never)]
pub fn test_type_of(v: Value, what: u8) -> bool {
    const UNDEFINED: u8 = TypeofWhat::Undefined as u8;
    const BOOLEAN: u8 = TypeofWhat::Boolean as u8;
    const NUMBER: u8 = TypeofWhat::Number as u8;
    const BIGINT: u8 = TypeofWhat::BigInt as u8;
    const STRING: u8 = TypeofWhat::String as u8;
    const SYMBOL: u8 = TypeofWhat::Symbol as u8;
    const FUNCTION: u8 = TypeofWhat::Function as u8;
    let undetectable = |v: Value| {
        v.as_object()
            .is_some_and(|o| o.header().flags() & HTMLDDA != 0)
    };
    match what {
        UNDEFINED => v.is_undefined() || undetectable(v),
        BOOLEAN => v.is_bool(),
        NUMBER => v.is_number(),
        BIGINT => v.is_bigint(),
        STRING => v.is_string(),
        SYMBOL => v.is_symbol(),
        FUNCTION => v.is_callable() && !undetectable(v),
        _ => {
            v.is_null()
                || v.as_object()
                    .is_some_and(|o| !o.is_callable() && !undetectable(v))
        }
    }
}

/// `In`.
#[inline(never)]
pub fn has_property_in(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (k, v) = (f.reg(f.b()), f.reg(f.c()));
    let Some(o) = v.as_object() else {
        return Err(exception::in_of_primitive(agent, k, v));
    };
    if let Some(i) = k.as_int()
        && crate::ic::element::has_plain_elements(o.header())
        && !o.elements().get(i as u32 as usize).is_hole()
    {
        f.set(f.a(), Value::TRUE);
        return Ok(());
    }
    let key = abstract_ops::to_property_key(agent, k)?;
    let answer = o.has_property(agent, key)?;
    f.set(f.a(), Value::bool(answer));
    Ok(())
}

/// Where `JumpTable` leads.
pub fn jump_table(f: Frame) -> Frame {
    let v = f.reg(f.a());
    let i = match v.as_int() {
        Some(i) => i,
        // -0 is the only integer that is not stored as int32 and could be in a table.
        None if v.as_number() == Some(0.0) => 0,
        None => return f.next(),
    };
    let code = f.code();
    let table = &code.block().jump_tables[f.x(1) as usize];
    let at = (i as i64) - (table.low as i64);
    match usize::try_from(at)
        .ok()
        .and_then(|at| table.targets.get(at))
    {
        Some(&offset) => {
            // Targets were verified to be instructions of the code.
            Frame {
                fp: f.fp,
                pc: f.pc.wrapping_offset(offset as isize),
            }
        }
        None => f.next(),
    }
}
