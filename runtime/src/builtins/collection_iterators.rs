//! %MapIteratorPrototype% and %SetIteratorPrototype% (24.1.5, 24.2.6).

use super::table::{NamespaceSpec, method, tag};
use crate::abstract_ops::{create_iter_result, display_value};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::function::NativeFn;
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::collections::{IterationKind, iterator_advance, iterator_kind};
use crate::realm::Intrinsic;
use crate::value::Value;

/// %MapIteratorPrototype%
pub static MAP_ITERATOR: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::MapIteratorPrototype,
    parent: Some(Intrinsic::IteratorPrototype),
    properties: &[method("next", 0, map_next), tag("Map Iterator")],
};

/// %SetIteratorPrototype%
pub static SET_ITERATOR: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::SetIteratorPrototype,
    parent: Some(Intrinsic::IteratorPrototype),
    properties: &[method("next", 0, set_next), tag("Set Iterator")],
};

/// 24.1.5.2.1 %MapIteratorPrototype%.next ( )
pub(crate) fn map_next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    next(agent, cx, CellKind::MapIterator, "Map")
}

/// 24.2.6.2.1 %SetIteratorPrototype%.next ( )
pub(crate) fn set_next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    next(agent, cx, CellKind::SetIterator, "Set")
}

/// The `next` of Map iterators.
pub const MAP_NEXT: NativeFn = map_next;
/// The `next` of Set iterators.
pub const SET_NEXT: NativeFn = set_next;

fn next(agent: &mut Agent, cx: &CallArgs, kind: CellKind, name: &str) -> JsResult<Value> {
    let Some(iterator) = cx.this().as_object().filter(|o| o.is(kind)) else {
        let text = display_value(agent, cx.this());
        return Err(agent.type_error(format!(
            "Method {name} Iterator.prototype.next called on incompatible receiver {text}"
        )));
    };
    Ok(match step(agent, iterator) {
        Some(v) => create_iter_result(agent, v, false),
        None => create_iter_result(agent, Value::UNDEFINED, true),
    })
}

/// The next value of a Map or Set iterator, without a result object; None when it is exhausted.
#[inline]
pub fn step(agent: &mut Agent, iterator: Object) -> Option<Value> {
    let (key, value) = iterator_advance(agent, iterator)?;
    Some(match iterator_kind(iterator) {
        IterationKind::Keys => key,
        IterationKind::Values => value,
        IterationKind::Entries => agent.new_array_from(&[key, value]).into(),
    })
}
