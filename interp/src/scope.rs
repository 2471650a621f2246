//! Environments, globals, and lookups by name (`with`, sloppy direct eval).

use crate::exception;
use crate::frame::*;
use crate::literal::same_text;
use crate::module;
use sarus_bytecode::{Constant, Mutability, NamePlace, Op, ScopeInfo};
use sarus_gc::Gc;
use sarus_runtime::abstract_ops::{get, readonly_error, to_boolean};
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{IcSlot, LinkedCode};
use sarus_runtime::environment::{Environment, EnvironmentKind};
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::Object;
use sarus_runtime::object::global::PropertyCell;
use sarus_runtime::property::PropertyKey;
use sarus_runtime::value::Value;
use std::sync::Arc;

fn scope_constant(code: Gc<LinkedCode>, index: usize) -> Option<Arc<ScopeInfo>> {
    match code.block().constants.get(index) {
        Some(Constant::Scope(info)) => Some(info.clone()),
        _ => None,
    }
}

/// `PushEnv`.
#[inline(never)]
pub fn push_env(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let code = f.code();
    let index = f.x(1);
    let slots = match code.block().constants.get(index as usize) {
        Some(Constant::Scope(info)) => info.slot_count as usize,
        _ => 0,
    };
    let env = agent.new_environment(
        f.env(),
        EnvironmentKind::Declarative,
        slots,
        Value::cell(code),
        index,
    );
    if f.a() != 0 {
        for i in 0..slots {
            env.set(agent, i, Value::UNDEFINED);
        }
    }
    f.set_env(Some(env));
    Ok(())
}

/// `CloneEnv`.
#[inline(never)]
pub fn clone_env(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let Some(old) = f.env() else { return Ok(()) };
    let (code, scope) = old.scope();
    let new = agent.new_environment(old.parent(), old.kind(), old.len(), code, scope);
    for i in 0..old.len() {
        new.set(agent, i, old.get(i));
    }
    f.set_env(Some(new));
    Ok(())
}

/// `PushWith`.
#[inline(never)]
pub fn push_with(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let env = agent.new_environment(
        f.env(),
        EnvironmentKind::With,
        1,
        Value::cell(f.code()),
        f.x(1),
    );
    env.set(agent, 0, f.reg(f.a()));
    f.set_env(Some(env));
    Ok(())
}

// ---- globals -------------------------------------------------------------------------------------------------------

fn cache_cell(f: Frame, cell: Gc<PropertyCell>) {
    if cell.is_cacheable() && !cell.value().is_hole() {
        f.set_ic(
            1,
            IcSlot {
                handler: 1,
                a: cell.addr() as u64,
                ..IcSlot::default()
            },
        );
    }
}

fn name_text(agent: &mut Agent, key: PropertyKey) -> String {
    key.display(agent)
}

/// The value of a global binding; None if there is none.
pub fn global_value(
    agent: &mut Agent,
    key: PropertyKey,
    site: Option<Frame>,
) -> JsResult<Option<Value>> {
    if let Some(cell) = agent.realm.lexical_cell(key) {
        let v = cell.value();
        if v.is_hole() {
            let name = name_text(agent, key);
            return Err(exception::tdz(agent, &name));
        }
        if let Some(f) = site {
            cache_cell(f, cell);
        }
        return Ok(Some(v));
    }
    let global = agent.global_object();
    if let Some(cell) = agent.global_cell(global, key)
        && !cell.attributes().is_accessor()
    {
        if let Some(f) = site {
            cache_cell(f, cell);
        }
        return Ok(Some(cell.value()));
    }
    if !global.has_property(agent, key)? {
        return Ok(None);
    }
    Ok(Some(get(agent, global, key)?))
}

/// `LoadGlobal` and `LoadGlobalOrUndefined`.
#[inline(never)]
pub fn load_global(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let key = f.key(2);
    let v = match global_value(agent, key, Some(f))? {
        Some(v) => v,
        None if f.op() == Op::LoadGlobalOrUndefined => Value::UNDEFINED,
        None => {
            let name = name_text(agent, key);
            return Err(exception::not_defined(agent, &name));
        }
    };
    f.set(f.a(), v);
    Ok(())
}

/// Assigns to a global binding. `sloppy`: creates it if there is none.
fn assign_global(
    agent: &mut Agent,
    key: PropertyKey,
    v: Value,
    sloppy: bool,
    site: Option<Frame>,
) -> JsResult<()> {
    if let Some(cell) = agent.realm.lexical_cell(key) {
        if cell.value().is_hole() {
            let name = name_text(agent, key);
            return Err(exception::tdz(agent, &name));
        }
        if !cell.attributes().writable() {
            return Err(exception::const_assign(agent));
        }
        cell.set_value(agent, v);
        if let Some(f) = site {
            cache_cell(f, cell);
        }
        return Ok(());
    }
    let global = agent.global_object();
    if let Some(cell) = agent.global_cell(global, key)
        && !cell.attributes().is_accessor()
        && cell.attributes().writable()
    {
        cell.set_value(agent, v);
        if let Some(f) = site {
            cache_cell(f, cell);
        }
        return Ok(());
    }
    if !sloppy && !global.has_property(agent, key)? {
        let name = name_text(agent, key);
        return Err(exception::not_defined(agent, &name));
    }
    if !global.set(agent, key, v, global.into())? && !sloppy {
        return Err(readonly_error(agent, global.into(), key));
    }
    Ok(())
}

/// `StoreGlobal` and `StoreGlobalSloppy`.
#[inline(never)]
pub fn store_global(agent: &mut Agent, f: Frame) -> JsResult<()> {
    assign_global(
        agent,
        f.key(2),
        f.reg(f.a()),
        f.op() == Op::StoreGlobalSloppy,
        Some(f),
    )
}

/// `InitGlobalLexical`.
#[inline(never)]
pub fn init_global_lexical(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let key = f.key(2);
    if let Some(cell) = agent.realm.lexical_cell(key) {
        cell.set_value(agent, f.reg(f.a()));
    }
    Ok(())
}

// ---- names ---------------------------------------------------------------------------------------------------------

/// Where a name is bound.
#[derive(Clone)]
pub enum Binding {
    /// Slot of a declarative environment.
    Slot(Environment, usize, Mutability),
    /// Property of a `with` object.
    With(Environment, Object),
    /// Variable that a sloppy eval added to a function.
    EvalVariable(Environment, Object),
    /// Cell of a module.
    Module(Environment, Gc<LinkedCode>, usize, Mutability),
    /// Global object or script scope, if it is there at all.
    Global,
}

/// The scope description of an environment.
pub fn scope_of(env: Environment) -> Option<(Gc<LinkedCode>, Arc<ScopeInfo>)> {
    let (code, index) = env.scope();
    if !code.is_kind(CellKind::LinkedCode) {
        return None;
    }
    // SAFETY: the kind was checked.
    let code: Gc<LinkedCode> = unsafe { code.cell_unchecked() };
    Some((code, scope_constant(code, index as usize)?))
}

/// Looks a name up in one environment.
fn resolve_in(agent: &mut Agent, env: Environment, key: PropertyKey) -> JsResult<Option<Binding>> {
    if env.kind() == EnvironmentKind::With {
        let Some(o) = env.get(0).as_object() else {
            return Ok(None);
        };
        return Ok(with_has(agent, o, key)?.then_some(Binding::With(env, o)));
    }
    let Some((code, info)) = scope_of(env) else {
        return Ok(None);
    };
    if let Some(n) = info.names.iter().find(|n| same_text(&n.name, key)) {
        return Ok(Some(match n.place {
            NamePlace::Slot(i) => Binding::Slot(env, i as usize, n.mutability),
            NamePlace::ModuleCell(i) => Binding::Module(env, code, i as usize, n.mutability),
        }));
    }
    if let Some(slot) = info.eval_vars_slot
        && let Some(o) = env.get(slot as usize).as_object()
        && o.get_own_property(agent, key)?.is_some()
    {
        return Ok(Some(Binding::EvalVariable(env, o)));
    }
    Ok(None)
}

/// 9.1.1.2.1 HasBinding of an object environment with @@unscopables.
fn with_has(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    if !o.has_property(agent, key)? {
        return Ok(false);
    }
    let unscopables = PropertyKey::symbol(agent.symbols.unscopables);
    let list = get(agent, o, unscopables)?;
    match list.as_object() {
        Some(list) => Ok(!to_boolean(get(agent, list, key)?)),
        None => Ok(true),
    }
}

/// Looks a name up from the current environment outwards.
#[inline(never)]
pub fn resolve(agent: &mut Agent, f: Frame, key: PropertyKey) -> JsResult<Binding> {
    let mut at = f.env();
    while let Some(env) = at {
        if let Some(b) = resolve_in(agent, env, key)? {
            return Ok(b);
        }
        at = env.parent();
    }
    Ok(Binding::Global)
}

fn tdz_name(agent: &mut Agent, key: PropertyKey) -> Throw {
    let name = name_text(agent, key);
    exception::tdz(agent, &name)
}

/// The value of a binding; None if it is unresolvable.
fn value_of(
    agent: &mut Agent,
    b: &Binding,
    key: PropertyKey,
    strict: bool,
) -> JsResult<Option<Value>> {
    match *b {
        Binding::Slot(env, i, _) => {
            let v = env.get(i);
            if v.is_hole() {
                Err(tdz_name(agent, key))
            } else {
                Ok(Some(v))
            }
        }
        Binding::Module(_, code, i, _) => match module::cell_value(agent, code, i) {
            Some(v) => Ok(Some(v)),
            None => Err(tdz_name(agent, key)),
        },
        Binding::With(_, o) => {
            if !o.has_property(agent, key)? {
                return Ok(if strict { None } else { Some(Value::UNDEFINED) });
            }
            Ok(Some(get(agent, o, key)?))
        }
        Binding::EvalVariable(_, o) => Ok(Some(get(agent, o, key)?)),
        Binding::Global => global_value(agent, key, None),
    }
}

fn undefined_name(agent: &mut Agent, key: PropertyKey) -> Throw {
    let name = name_text(agent, key);
    exception::not_defined(agent, &name)
}

/// `LoadName`.
#[inline(never)]
pub fn load_name(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let key = f.key(1);
    let b = resolve(agent, f, key)?;
    match value_of(agent, &b, key, false)? {
        Some(v) => f.set(f.a(), v),
        None => return Err(undefined_name(agent, key)),
    }
    Ok(())
}

/// `LoadNameOrUndefined`.
#[inline(never)]
pub fn load_name_or_undefined(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let key = f.key(1);
    let b = resolve(agent, f, key)?;
    let v = value_of(agent, &b, key, false)?;
    f.set(f.a(), v.unwrap_or(Value::UNDEFINED));
    Ok(())
}

/// `LoadNameForCall`.
#[inline(never)]
pub fn load_name_for_call(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let key = f.key(1);
    let b = resolve(agent, f, key)?;
    let Some(v) = value_of(agent, &b, key, false)? else {
        return Err(undefined_name(agent, key));
    };
    let this = match b {
        Binding::With(_, o) => o.into(),
        _ => Value::UNDEFINED,
    };
    f.set(f.a(), v);
    f.set(f.b(), this);
    Ok(())
}

/// `ResolveName`: the environment of the binding, null for globals, undefined if unresolvable.
#[inline(never)]
pub fn resolve_name(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let key = f.key(1);
    let base = match resolve(agent, f, key)? {
        Binding::Slot(env, ..)
        | Binding::With(env, _)
        | Binding::EvalVariable(env, _)
        | Binding::Module(env, ..) => Value::cell(env),
        Binding::Global => {
            let global = agent.global_object();
            if agent.realm.lexical_cell(key).is_some() || global.has_property(agent, key)? {
                Value::NULL
            } else {
                Value::UNDEFINED
            }
        }
    };
    f.set(f.a(), base);
    Ok(())
}

/// The binding of a base that `ResolveName` gave. A `with` object stays the base whatever it has by now.
fn rebind(agent: &mut Agent, base: Value, key: PropertyKey) -> JsResult<Option<Binding>> {
    if !base.is_kind(CellKind::Environment) {
        return Ok(Some(Binding::Global));
    }
    let Some(env) = env_of_word(base) else {
        return Ok(None);
    };
    if env.kind() == EnvironmentKind::With {
        return Ok(env.get(0).as_object().map(|o| Binding::With(env, o)));
    }
    resolve_in(agent, env, key)
}

/// `LoadResolved`.
#[inline(never)]
pub fn load_resolved(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (base, key, strict) = (f.reg(f.b()), f.key(1), f.c() & 1 != 0);
    let v = match rebind(agent, base, key)? {
        Some(b) if !base.is_undefined() => value_of(agent, &b, key, strict)?,
        _ => None,
    };
    match v {
        Some(v) => f.set(f.a(), v),
        None => return Err(undefined_name(agent, key)),
    }
    Ok(())
}

/// `StoreResolved`.
#[inline(never)]
pub fn store_resolved(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (v, base, key, strict) = (f.reg(f.a()), f.reg(f.b()), f.key(1), f.c() & 1 != 0);
    if base.is_undefined() {
        if strict {
            return Err(undefined_name(agent, key));
        }
        let global = agent.global_object();
        global.set(agent, key, v, global.into())?;
        return Ok(());
    }
    let Some(b) = rebind(agent, base, key)? else {
        // An eval variable that was deleted in between.
        if strict {
            return Err(undefined_name(agent, key));
        }
        if let Some(env) = env_of_word(base)
            && let Some((_, info)) = scope_of(env)
            && let Some(slot) = info.eval_vars_slot
            && let Some(o) = env.get(slot as usize).as_object()
        {
            o.set(agent, key, v, o.into())?;
        }
        return Ok(());
    };
    assign(agent, &b, key, v, strict)
}

fn assign(
    agent: &mut Agent,
    b: &Binding,
    key: PropertyKey,
    v: Value,
    strict: bool,
) -> JsResult<()> {
    let check = |agent: &mut Agent, old: Value, m: Mutability| -> JsResult<bool> {
        if old.is_hole() {
            return Err(tdz_name(agent, key));
        }
        match m {
            Mutability::Mutable => Ok(true),
            Mutability::FunctionName if !strict => Ok(false),
            _ => Err(exception::const_assign(agent)),
        }
    };
    match *b {
        Binding::Slot(env, i, m) => {
            if check(agent, env.get(i), m)? {
                env.set(agent, i, v);
            }
        }
        Binding::Module(_, code, i, m) => {
            let old = module::cell_value(agent, code, i).unwrap_or(Value::HOLE);
            if check(agent, old, m)? {
                module::set_cell(agent, code, i, v);
            }
        }
        Binding::With(_, o) => {
            let still = o.has_property(agent, key)?;
            if !still && strict {
                return Err(undefined_name(agent, key));
            }
            if !o.set(agent, key, v, o.into())? && strict {
                return Err(readonly_error(agent, o.into(), key));
            }
        }
        Binding::EvalVariable(_, o) => {
            o.set(agent, key, v, o.into())?;
        }
        Binding::Global => assign_global(agent, key, v, !strict, None)?,
    }
    Ok(())
}

/// `DeleteName`.
#[inline(never)]
pub fn delete_name(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let key = f.key(1);
    let done = match resolve(agent, f, key)? {
        Binding::Slot(..) | Binding::Module(..) => false,
        Binding::With(_, o) | Binding::EvalVariable(_, o) => o.delete(agent, key)?,
        Binding::Global => {
            if agent.realm.lexical_cell(key).is_some() {
                false
            } else {
                let global = agent.global_object();
                global.delete(agent, key)?
            }
        }
    };
    f.set(f.a(), Value::bool(done));
    Ok(())
}

/// `BindThisDynamic`.
#[inline(never)]
pub fn bind_this_dynamic(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let key = agent.names.this_;
    let mut at = f.env();
    while let Some(env) = at {
        if env.kind() != EnvironmentKind::With
            && let Some((_, info)) = scope_of(env)
            && let Some(n) = info.names.iter().find(|n| same_text(&n.name, key))
            && let NamePlace::Slot(i) = n.place
        {
            if !env.get(i as usize).is_hole() {
                return Err(agent.reference_error("Super constructor may only be called once"));
            }
            env.set(agent, i as usize, f.reg(f.a()));
            return Ok(());
        }
        at = env.parent();
    }
    Ok(())
}
