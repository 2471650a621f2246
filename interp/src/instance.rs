//! `instanceof`, with a cache per site: where a function has its `prototype`, while what it inherits as @@hasInstance is the
//! builtin (20.2.3.6), which nobody can replace.

use crate::frame::Frame;
use crate::ic::{Handler, load};
use sarus_runtime::abstract_ops::instance_of as instanceof_operator;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::IcSlot;
use sarus_runtime::error::JsResult;
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::Object;
use sarus_runtime::property::PropertyKey;
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::shape::ValidityCell;
use sarus_runtime::value::Value;

/// Word of the cache.
const IC: usize = 1;

/// `InstanceOf`.
#[inline(never)]
pub fn instance_of(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (v, target) = (f.reg(f.b()), f.reg(f.c()));
    let answer = match cached(agent, f, v, target) {
        Some(answer) => answer,
        None => instanceof_operator(agent, v, target)?,
    };
    f.set(f.a(), Value::bool(answer));
    Ok(())
}

/// The answer, if it takes no more than loads.
fn cached(agent: &mut Agent, f: Frame, v: Value, target: Value) -> Option<bool> {
    let c = target.as_object()?;
    let mut ic = f.ic_copy(IC);
    // SAFETY: slots of `instanceof` that hold a shape hold a validity cell in `b`.
    let holds = |ic: &IcSlot| unsafe { (*(ic.b as *const ValidityCell)).is_valid() };
    if ic.handler == 0 || ic.shape != c.shape_id() || !holds(&ic) {
        ic = entry(agent, c, target)?;
        f.set_ic(IC, ic);
    }
    match load::apply(&ic, target)? {
        load::Found::Value(prototype) => is_instance(agent, v, prototype),
        load::Found::Accessor(_) => None,
    }
}

/// What the cache holds for a function, if it is one of those.
fn entry(agent: &mut Agent, c: Object, target: Value) -> Option<IcSlot> {
    if !c.is(CellKind::Function) && !c.is(CellKind::NativeFunction) {
        return None;
    }
    // Functions get their `prototype` when it is first asked for, and another shape with it.
    let prototype = agent.names.prototype;
    load::find(agent, target, prototype)?;
    let (_, own) = load::find(agent, target, prototype)?;
    let own = own?;
    if !matches!(
        Handler(own.handler).kind(),
        Handler::OWN | Handler::OWN_SLOTS
    ) {
        return None;
    }
    let key = PropertyKey::symbol(agent.symbols.has_instance);
    let (_, inherited) = load::find(agent, target, key)?;
    let inherited = inherited?;
    let holder = agent.intrinsic(Intrinsic::FunctionPrototype);
    let slots = holder.slots_cell().map(|s| s.addr() as u64);
    let is_builtin = inherited.a == holder.addr() as u64 || Some(inherited.a) == slots;
    let same_shape = inherited.shape == own.shape && own.shape == c.shape_id();
    (Handler(inherited.handler).kind() == Handler::PROTO && is_builtin && same_shape).then_some(
        IcSlot {
            b: inherited.b,
            ..own
        },
    )
}

/// 7.3.22 OrdinaryHasInstance from step 4 on, unless that may throw or run code.
pub fn is_instance(agent: &Agent, v: Value, prototype: Value) -> Option<bool> {
    let prototype = prototype.as_object()?;
    let Some(mut o) = v.as_object() else {
        return Some(false);
    };
    loop {
        if o.is(CellKind::Proxy) {
            return None;
        }
        match o.shape(agent).prototype_object() {
            None => return Some(false),
            Some(next) if next == prototype => return Some(true),
            Some(next) => o = next,
        }
    }
}
