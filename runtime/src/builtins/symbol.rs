//! Symbol objects (20.4).

use super::table::{ClassSpec, PropValue, getter, method, method_with, prop, tag};
use crate::abstract_ops::{display_value, to_string};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::property::{Attributes, PropertyKey};
use crate::realm::Intrinsic;
use crate::symbol::Symbol;
use crate::value::Value;
use sarus_bytecode::Feature;

macro_rules! well_known {
    ($name:literal, $field:ident) => {
        prop(
            $name,
            PropValue::Custom(|agent| agent.symbols.$field.into()),
            Attributes::NONE,
        )
    };
}

/// %Symbol%
pub static SYMBOL: ClassSpec = ClassSpec {
    statics: &[
        method("for", 1, symbol_for),
        method("keyFor", 1, key_for),
        well_known!("asyncIterator", async_iterator),
        well_known!("hasInstance", has_instance),
        well_known!("isConcatSpreadable", is_concat_spreadable),
        well_known!("iterator", iterator),
        well_known!("match", match_),
        well_known!("matchAll", match_all),
        well_known!("replace", replace),
        well_known!("search", search),
        well_known!("species", species),
        well_known!("split", split),
        well_known!("toPrimitive", to_primitive),
        well_known!("toStringTag", to_string_tag),
        well_known!("unscopables", unscopables),
        well_known!("dispose", dispose),
        well_known!("asyncDispose", async_dispose),
        well_known!("metadata", metadata).only_with(Feature::Decorators),
    ],
    methods: &[
        method("toString", 0, to_string_method),
        method("valueOf", 0, value_of),
        getter("description", description),
        tag("Symbol"),
        method_with("@@toPrimitive", 1, value_of, Attributes::C),
    ],
    ..ClassSpec::new(
        Intrinsic::Symbol,
        Intrinsic::SymbolPrototype,
        "Symbol",
        0,
        constructor,
    )
};

/// 20.4.1.1 Symbol ( [ description ] )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if cx.is_construct() {
        return Err(agent.type_error("Symbol is not a constructor"));
    }
    let description = if cx.arg(0).is_undefined() {
        Value::UNDEFINED
    } else {
        to_string(agent, cx.arg(0))?.into()
    };
    Ok(agent.new_symbol(description).into())
}

/// 20.4.2.2 Symbol.for ( key )
fn symbol_for(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let key = to_string(agent, cx.arg(0))?;
    Ok(agent.symbol_for(key).into())
}

/// 20.4.2.6 Symbol.keyFor ( sym )
fn key_for(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(s) = cx.arg(0).as_symbol() else {
        let text = display_value(agent, cx.arg(0));
        return Err(agent.type_error(format!("{text} is not a symbol")));
    };
    Ok(if s.is_registered() {
        s.description()
    } else {
        Value::UNDEFINED
    })
}

/// 20.4.3.4.1 ThisSymbolValue
fn this_symbol(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Symbol> {
    if let Some(s) = cx.this().as_symbol() {
        return Ok(s);
    }
    if let Some(o) = cx.this().as_object()
        && o.is(CellKind::SymbolObject)
        && let Some(s) = o.field(0).as_symbol()
    {
        return Ok(s);
    }
    Err(agent.type_error(format!("{name} requires that 'this' be a Symbol")))
}

/// 20.4.3.3 Symbol.prototype.toString ( )
fn to_string_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_symbol(agent, cx, "Symbol.prototype.toString")?;
    let open = agent.intern("Symbol(");
    let head = match s.description_string() {
        Some(d) => agent.concat(open, d)?,
        None => open,
    };
    Ok(agent.concat_str(head, ")")?.into())
}

/// 20.4.3.4 Symbol.prototype.valueOf ( ), 20.4.3.5 Symbol.prototype [ %Symbol.toPrimitive% ] ( hint )
fn value_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(this_symbol(agent, cx, "Symbol.prototype.valueOf")?.into())
}

/// 20.4.3.2 get Symbol.prototype.description
fn description(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(this_symbol(agent, cx, "Symbol.prototype.description")?.description())
}

/// The text of a symbol as `String(symbol)` gives it.
pub fn symbol_descriptive_string(agent: &mut Agent, s: Symbol) -> String {
    PropertyKey::symbol(s).display(agent)
}
