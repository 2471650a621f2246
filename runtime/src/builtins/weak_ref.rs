//! WeakRef objects (26.1).

use super::map::incompatible;
use super::table::{ClassSpec, method, requires_new, tag};
use super::weak_map::can_be_held_weakly;
use crate::abstract_ops::prototype_for_new;
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::weak::weak_ref_deref;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %WeakRef%
pub static WEAK_REF: ClassSpec = ClassSpec {
    methods: &[method("deref", 0, deref), tag("WeakRef")],
    ..ClassSpec::new(
        Intrinsic::WeakRef,
        Intrinsic::WeakRefPrototype,
        "WeakRef",
        1,
        constructor,
    )
};

/// 26.1.1.1 WeakRef ( target )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "WeakRef")?;
    if !can_be_held_weakly(cx.arg(0)) {
        return Err(agent.type_error("WeakRef: invalid target"));
    }
    let proto = prototype_for_new(agent, cx.new_target(), Intrinsic::WeakRefPrototype)?;
    Ok(agent.new_weak_ref(cx.arg(0), proto).into())
}

/// 26.1.3.2 WeakRef.prototype.deref ( )
fn deref(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    match cx.this().as_object() {
        Some(o) if o.is(CellKind::WeakRef) => Ok(weak_ref_deref(agent, o)),
        _ => Err(incompatible(agent, cx, "WeakRef.prototype.deref")),
    }
}
