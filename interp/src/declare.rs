//! Declaration instantiation of scripts and sloppy evals (16.1.7, 19.2.1.3).

use crate::frame::*;
use crate::literal::same_text;
use crate::scope::scope_of;
use sarus_bytecode::{Constant, Declarations};
use sarus_runtime::abstract_ops::{
    create_data_property_or_throw, define_property_or_throw, has_own_property, set,
};
use sarus_runtime::agent::Agent;
use sarus_runtime::environment::{Environment, EnvironmentKind};
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::object::Object;
use sarus_runtime::property::{Attributes, OwnProperty, PropertyDescriptor, PropertyKey};
use sarus_runtime::value::Value;

fn declarations(f: Frame) -> Declarations {
    match f.code().block().constants.get(f.x(1) as usize) {
        Some(Constant::Declarations(d)) => d.clone(),
        _ => Declarations::default(),
    }
}

fn keys(agent: &mut Agent, names: &[sarus_bytecode::JsStr]) -> sarus_gc::RootVec<PropertyKey> {
    let mut list = agent.heap.root_vec::<PropertyKey>();
    for n in names {
        let key = PropertyKey::atom(agent.intern_js_str(n));
        list.push(key);
    }
    list
}

#[cold]
fn redeclared(agent: &mut Agent, key: PropertyKey) -> Throw {
    let name = key.display(agent);
    agent.syntax_error(format!("Identifier '{name}' has already been declared"))
}

/// 9.1.1.4.14 HasRestrictedGlobalProperty.
fn has_restricted(agent: &mut Agent, global: Object, key: PropertyKey) -> JsResult<bool> {
    Ok(global
        .get_own_property(agent, key)?
        .is_some_and(|p| !p.configurable()))
}

/// 9.1.1.4.15 CanDeclareGlobalVar.
fn can_declare_var(agent: &mut Agent, global: Object, key: PropertyKey) -> JsResult<bool> {
    Ok(has_own_property(agent, global, key)? || global.is_extensible(agent)?)
}

/// 9.1.1.4.16 CanDeclareGlobalFunction.
fn can_declare_function(agent: &mut Agent, global: Object, key: PropertyKey) -> JsResult<bool> {
    match global.get_own_property(agent, key)? {
        None => global.is_extensible(agent),
        Some(p) if p.configurable() => Ok(true),
        Some(OwnProperty::Data { attributes, .. }) => {
            Ok(attributes.writable() && attributes.enumerable())
        }
        Some(_) => Ok(false),
    }
}

/// 9.1.1.4.17 CreateGlobalVarBinding.
fn create_var(
    agent: &mut Agent,
    global: Object,
    key: PropertyKey,
    deletable: bool,
) -> JsResult<()> {
    if !has_own_property(agent, global, key)? && global.is_extensible(agent)? {
        let a = Attributes::new(true, true, deletable);
        define_property_or_throw(
            agent,
            global,
            key,
            &PropertyDescriptor::data(Value::UNDEFINED, a),
        )?;
    }
    Ok(())
}

/// 9.1.1.4.18 CreateGlobalFunctionBinding.
fn create_function(
    agent: &mut Agent,
    global: Object,
    key: PropertyKey,
    v: Value,
    deletable: bool,
) -> JsResult<()> {
    let existing = global.get_own_property(agent, key)?;
    let d = match existing {
        Some(p) if !p.configurable() => PropertyDescriptor {
            value: Some(v),
            ..Default::default()
        },
        _ => PropertyDescriptor::data(v, Attributes::new(true, true, deletable)),
    };
    define_property_or_throw(agent, global, key, &d)?;
    set(agent, global, key, v, false)
}

#[cold]
fn cannot_declare(agent: &mut Agent, what: &str, key: PropertyKey) -> Throw {
    let name = key.display(agent);
    agent.type_error(format!("Cannot declare global {what} '{name}'"))
}

/// `DeclareGlobals`.
#[inline(never)]
pub fn declare_globals(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let d = declarations(f);
    let global = agent.global_object();
    let functions = keys(agent, &d.functions);
    let vars = keys(agent, &d.vars);
    let annex_b = keys(agent, &d.annex_b);
    let lexical_names: Vec<_> = d.lexical.iter().map(|(n, _)| n.clone()).collect();
    let lexical = keys(agent, &lexical_names);
    for &key in lexical.iter() {
        if agent.realm.lexical_cell(key).is_some() || has_restricted(agent, global, key)? {
            return Err(redeclared(agent, key));
        }
    }
    for &key in functions.iter().chain(vars.iter()) {
        if agent.realm.lexical_cell(key).is_some() {
            return Err(redeclared(agent, key));
        }
    }
    for &key in functions.iter() {
        if !can_declare_function(agent, global, key)? {
            return Err(cannot_declare(agent, "function", key));
        }
    }
    for &key in vars.iter() {
        if !can_declare_var(agent, global, key)? {
            return Err(cannot_declare(agent, "variable", key));
        }
    }
    for &key in annex_b.iter() {
        if agent.realm.lexical_cell(key).is_none()
            && !lexical.contains(&key)
            && can_declare_function(agent, global, key)?
        {
            create_var(agent, global, key, false)?;
        }
    }
    for (i, &key) in lexical.iter().enumerate() {
        agent.declare_lexical(key, d.lexical[i].1);
    }
    for &key in vars.iter() {
        create_var(agent, global, key, false)?;
    }
    Ok(())
}

/// `InitGlobalFunction`.
#[inline(never)]
pub fn init_global_function(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let global = agent.global_object();
    create_function(agent, global, f.key(1), f.reg(f.a()), f.b() & 1 != 0)
}

/// Where the `var`s of a sloppy eval go.
enum VariableScope {
    Function(Environment, usize),
    Global,
}

fn variable_scope(f: Frame) -> VariableScope {
    let mut at = f.env();
    while let Some(env) = at {
        if env.kind() != EnvironmentKind::With
            && let Some((_, info)) = scope_of(env)
            && let Some(slot) = info.eval_vars_slot
        {
            return VariableScope::Function(env, slot as usize);
        }
        at = env.parent();
    }
    VariableScope::Global
}

/// True if a lexical binding of an environment between the eval and its variable scope is named `key`.
fn collides(f: Frame, stop: Option<Environment>, key: PropertyKey) -> bool {
    let mut at = f.env();
    while let Some(env) = at {
        if env.kind() != EnvironmentKind::With
            && let Some((_, info)) = scope_of(env)
            && info
                .names
                .iter()
                .any(|n| n.lexical && same_text(&n.name, key))
        {
            return true;
        }
        if Some(env) == stop {
            return false;
        }
        at = env.parent();
    }
    false
}

fn eval_variables(agent: &mut Agent, env: Environment, slot: usize) -> Object {
    match env.get(slot).as_object() {
        Some(o) => o,
        None => {
            let o = agent.new_object(None);
            env.set(agent, slot, o.into());
            o
        }
    }
}

/// True if the environment binds the name itself (a parameter, a `var`).
fn binds(env: Environment, key: PropertyKey) -> Option<usize> {
    let (_, info) = scope_of(env)?;
    info.names
        .iter()
        .find(|n| same_text(&n.name, key))
        .and_then(|n| match n.place {
            sarus_bytecode::NamePlace::Slot(i) => Some(i as usize),
            sarus_bytecode::NamePlace::ModuleCell(_) => None,
        })
}

/// `DeclareEvalVars`.
#[inline(never)]
pub fn declare_eval_vars(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let d = declarations(f);
    let functions = keys(agent, &d.functions);
    let vars = keys(agent, &d.vars);
    let annex_b = keys(agent, &d.annex_b);
    let scope = variable_scope(f);
    let stop = match scope {
        VariableScope::Function(env, _) => Some(env),
        VariableScope::Global => None,
    };
    for &key in functions.iter().chain(vars.iter()) {
        let lexical_global = stop.is_none() && agent.realm.lexical_cell(key).is_some();
        if lexical_global || collides(f, stop, key) {
            return Err(redeclared(agent, key));
        }
    }
    let global = agent.global_object();
    if stop.is_none() {
        for &key in functions.iter() {
            if !can_declare_function(agent, global, key)? {
                return Err(cannot_declare(agent, "function", key));
            }
        }
        for &key in vars.iter() {
            if !can_declare_var(agent, global, key)? {
                return Err(cannot_declare(agent, "variable", key));
            }
        }
    }
    for &key in annex_b.iter() {
        let blocked = collides(f, stop, key)
            || stop.is_none()
                && (agent.realm.lexical_cell(key).is_some()
                    || !can_declare_function(agent, global, key)?);
        if !blocked {
            declare_var(agent, &scope, key)?;
        }
    }
    for &key in vars.iter().chain(functions.iter()) {
        declare_var(agent, &scope, key)?;
    }
    Ok(())
}

fn declare_var(agent: &mut Agent, scope: &VariableScope, key: PropertyKey) -> JsResult<()> {
    match *scope {
        VariableScope::Global => {
            let global = agent.global_object();
            create_var(agent, global, key, true)
        }
        VariableScope::Function(env, slot) => {
            if binds(env, key).is_some() {
                return Ok(());
            }
            let o = eval_variables(agent, env, slot);
            if o.get_own_property(agent, key)?.is_none() {
                create_data_property_or_throw(agent, o, key, Value::UNDEFINED)?;
            }
            Ok(())
        }
    }
}

/// `InitEvalFunction`.
#[inline(never)]
pub fn init_eval_function(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (v, key) = (f.reg(f.a()), f.key(1));
    match variable_scope(f) {
        VariableScope::Global => {
            let global = agent.global_object();
            create_function(agent, global, key, v, true)
        }
        VariableScope::Function(env, slot) => store_in(agent, env, slot, key, v),
    }
}

fn store_in(
    agent: &mut Agent,
    env: Environment,
    slot: usize,
    key: PropertyKey,
    v: Value,
) -> JsResult<()> {
    if let Some(i) = binds(env, key) {
        env.set(agent, i, v);
        return Ok(());
    }
    let o = eval_variables(agent, env, slot);
    create_data_property_or_throw(agent, o, key, v)
}

/// `StoreEvalVar`.
#[inline(never)]
pub fn store_eval_var(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (v, key) = (f.reg(f.a()), f.key(1));
    match variable_scope(f) {
        VariableScope::Global => {
            // Annex B: only if the declaration went through.
            let global = agent.global_object();
            if agent.realm.lexical_cell(key).is_none() && has_own_property(agent, global, key)? {
                set(agent, global, key, v, false)?;
            }
            Ok(())
        }
        VariableScope::Function(env, slot) => {
            if collides(f, Some(env), key) {
                return Ok(());
            }
            store_in(agent, env, slot, key, v)
        }
    }
}
