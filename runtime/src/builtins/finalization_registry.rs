//! FinalizationRegistry objects (26.2).
//!
//! The collector notes dead targets; the host is told after the jobs (`finalization_pending`) and
//! calls `Agent::run_finalization_cleanup` as a task of its own (9.13).

use super::map::incompatible;
use super::table::{ClassSpec, method, requires_new, tag};
use super::weak_map::can_be_held_weakly;
use crate::abstract_ops::{display_value, prototype_for_new, same_value};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::weak::{registry_add, registry_callback, registry_remove, registry_take_dead};
use crate::realm::Intrinsic;
use crate::value::Value;

/// %FinalizationRegistry%
pub static FINALIZATION_REGISTRY: ClassSpec = ClassSpec {
    methods: &[
        method("register", 2, register),
        method("unregister", 1, unregister),
        tag("FinalizationRegistry"),
    ],
    ..ClassSpec::new(
        Intrinsic::FinalizationRegistry,
        Intrinsic::FinalizationRegistryPrototype,
        "FinalizationRegistry",
        1,
        constructor,
    )
};

fn receiver(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    match cx.this().as_object() {
        Some(o) if o.is(CellKind::FinalizationRegistry) => Ok(o),
        _ => Err(incompatible(
            agent,
            cx,
            &format!("FinalizationRegistry.prototype.{name}"),
        )),
    }
}

/// 26.2.1.1 FinalizationRegistry ( cleanupCallback )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "FinalizationRegistry")?;
    if !cx.arg(0).is_callable() {
        return Err(agent.type_error("FinalizationRegistry: cleanup must be callable"));
    }
    let proto = prototype_for_new(
        agent,
        cx.new_target(),
        Intrinsic::FinalizationRegistryPrototype,
    )?;
    Ok(agent.new_finalization_registry(cx.arg(0), proto).into())
}

#[cold]
fn bad_token(agent: &mut Agent, token: Value) -> Throw {
    let text = display_value(agent, token);
    let text = text.trim_matches('"');
    agent.type_error(format!("Invalid unregisterToken ('{text}')"))
}

/// 26.2.3.2 FinalizationRegistry.prototype.register ( target, heldValue [ , unregisterToken ] )
fn register(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let registry = receiver(agent, cx, "register")?;
    let (target, held, token) = (cx.arg(0), cx.arg(1), cx.arg(2));
    if !can_be_held_weakly(target) {
        return Err(agent.type_error("FinalizationRegistry.prototype.register: invalid target"));
    }
    if same_value(agent, target, held) {
        return Err(agent.type_error(
            "FinalizationRegistry.prototype.register: target and holdings must not be same",
        ));
    }
    if !can_be_held_weakly(token) && !token.is_undefined() {
        return Err(bad_token(agent, token));
    }
    registry_add(agent, registry, target, held, token);
    Ok(Value::UNDEFINED)
}

/// 26.2.3.3 FinalizationRegistry.prototype.unregister ( unregisterToken )
fn unregister(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let registry = receiver(agent, cx, "unregister")?;
    if !can_be_held_weakly(cx.arg(0)) {
        return Err(bad_token(agent, cx.arg(0)));
    }
    Ok(registry_remove(agent, registry, cx.arg(0)).into())
}

impl Agent {
    /// 9.13 CleanupFinalizationRegistry for every registry with dead targets. Stops at the first
    /// callback that throws; the host reports that and calls again.
    pub fn run_finalization_cleanup(&mut self) -> JsResult<()> {
        let registries = self.take_pending_registries();
        for (i, &registry) in registries.iter().enumerate() {
            let callback = registry_callback(registry);
            while let Some(held) = registry_take_dead(registry) {
                if let Err(t) = self.call(callback, Value::UNDEFINED, &[held]) {
                    self.return_pending_registries(&registries[i..]);
                    return Err(t);
                }
            }
        }
        Ok(())
    }
}
