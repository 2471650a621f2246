//! %StringIteratorPrototype% (22.1.5): fields are the string (`undefined` when exhausted) and the
//! next position.

use super::string::this_string;
use super::table::{NamespaceSpec, method, tag};
use crate::abstract_ops::{create_iter_result, display_value};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::function::NativeFn;
use crate::kind::CellKind;
use crate::object::{INLINE_OFFSET, Object};
use crate::realm::Intrinsic;
use crate::string::JsString;
use crate::value::Value;

/// %StringIteratorPrototype%
pub static STRING_ITERATOR: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::StringIteratorPrototype,
    parent: Some(Intrinsic::IteratorPrototype),
    properties: &[method("next", 0, next), tag("String Iterator")],
};

/// The builtin method that makes them.
pub const ITERATOR: NativeFn = iterator;
/// The builtin `next`.
pub const NEXT: NativeFn = next;
/// Byte offset of the string.
pub const STRING_OFFSET: usize = INLINE_OFFSET;
/// Byte offset of the next position, an int32 value.
pub const INDEX_OFFSET: usize = INLINE_OFFSET + 8;

/// 22.1.3.36 String.prototype [ %Symbol.iterator% ] ( )
pub(super) fn iterator(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "[Symbol.iterator]")?;
    Ok(create(agent, s).into())
}

/// An iterator at the beginning of a string.
pub fn create(agent: &mut Agent, s: JsString) -> Object {
    let proto = agent.intrinsic(Intrinsic::StringIteratorPrototype);
    let fields = [s.into(), Value::int(0), Value::UNDEFINED, Value::UNDEFINED];
    agent.new_fields_object(CellKind::StringIterator, Some(proto), fields)
}

/// The next code point of a string iterator as a string; None when it is exhausted.
pub fn string_iterator_step(agent: &mut Agent, o: Object) -> Option<Value> {
    let s = o.field(0).as_string()?;
    let at = o.field(1).as_int().unwrap_or(0) as usize;
    let Some((point, width)) = s.view(agent).code_point_at(at) else {
        o.set_field(agent, 0, Value::UNDEFINED);
        return None;
    };
    o.set_field(agent, 1, Value::usize(at + width));
    Some(if width == 1 {
        agent.unit_string(point as u16).into()
    } else {
        agent.substring(s, at, at + width).into()
    })
}

/// 22.1.5.1.1 %StringIteratorPrototype%.next ( )
pub(crate) fn next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = match cx.this().as_object() {
        Some(o) if o.is(CellKind::StringIterator) => o,
        _ => {
            let text = display_value(agent, cx.this());
            return Err(agent.type_error(format!(
                "Method String Iterator.prototype.next called on incompatible receiver {text}"
            )));
        }
    };
    Ok(match string_iterator_step(agent, o) {
        Some(v) => create_iter_result(agent, v, false),
        None => create_iter_result(agent, Value::UNDEFINED, true),
    })
}
