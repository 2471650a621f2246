//! ShadowRealm objects and wrapped functions (<https://tc39.es/proposal-shadowrealm/>).
//!
//! ```text
//! caller's realm │ evaluate, importValue, calls of wrapped functions │ shadow realm
//!   primitives   ├──────────────────────────────────────────────────►│ primitives
//!   callables    ├──────────────────────────────────────────────────►│ wrapped functions
//!   TypeError    │◄──────────────────────────────────────────────────┤ anything thrown
//! ```
//!
//! **Architecture invariant:** no object of one realm is ever seen in another. A wrapped function is
//! a native function of the realm that may see it; what it wraps is its data.

use super::promise::{PromiseCapability, PromiseState, new_promise, perform_promise_then_native};
use super::table::{ClassSpec, method, requires_new, tag};
use crate::abstract_ops::{
    constructor_name, display_value, get, get_function_realm, has_own_property, prototype_for_new,
    to_string,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::function::materialize_all;
use crate::kind::CellKind;
use crate::module;
use crate::numeric;
use crate::object::Object;
use crate::object::data::NativeData;
use crate::object::ordinary::{Lookup, lookup_own};
use crate::property::{Attributes, PropertyDescriptor, PropertyKey};
use crate::realm::{Intrinsic, Realm};
use crate::value::Value;
use sarus_bytecode::ImportPhase;
use sarus_gc::Tracer;

/// %ShadowRealm%
pub static SHADOW_REALM: ClassSpec = ClassSpec {
    methods: &[
        method("evaluate", 1, evaluate),
        method("importValue", 2, import_value),
        tag("ShadowRealm"),
    ],
    ..ClassSpec::new(
        Intrinsic::ShadowRealm,
        Intrinsic::ShadowRealmPrototype,
        "ShadowRealm",
        0,
        constructor,
    )
};

/// [[ShadowRealm]]
struct ShadowRealm {
    realm: Realm,
}

impl NativeData for ShadowRealm {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.mark(self.realm);
    }
}

/// ShadowRealm ( )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "ShadowRealm")?;
    let proto = prototype_for_new(agent, cx.new_target(), Intrinsic::ShadowRealmPrototype)?;
    let realm = agent.create_realm();
    realm.isolate();
    let o = agent.new_data_object(Some(proto), Box::new(ShadowRealm { realm }));
    Ok(o.into())
}

/// ValidateShadowRealmObject
fn this_realm(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Realm> {
    let o = cx.this().as_object();
    match o.as_ref().and_then(|o| o.data::<ShadowRealm>()) {
        Some(data) => Ok(data.realm),
        None => {
            let text = display_value(agent, cx.this());
            Err(agent.type_error(format!(
                "Method ShadowRealm.prototype.{name} called on incompatible receiver {text}"
            )))
        }
    }
}

/// ShadowRealm.prototype.evaluate ( sourceText )
fn evaluate(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let realm = this_realm(agent, cx, "evaluate")?;
    let Some(source) = cx.arg(0).as_string() else {
        return Err(agent.type_error("ShadowRealm.prototype.evaluate: the source is not a string"));
    };
    // The outer result is that of parsing: its SyntaxError is one of the caller's realm.
    match (agent.hooks.shadow_realm_eval)(agent, source, realm)? {
        Ok(v) => {
            let caller = agent.realm;
            wrapped_value(agent, caller, v)
        }
        Err(t) => Err(type_error_copy(agent, t, "ShadowRealm evaluate threw")),
    }
}

/// CreateTypeErrorCopy: a TypeError of the current realm for what was thrown, of which only the text
/// crosses the boundary. It is found out without running JavaScript.
fn type_error_copy(agent: &mut Agent, t: Throw, what: &str) -> Throw {
    match agent.take_exception() {
        Some(thrown) => copy_of(agent, thrown, what),
        None => t,
    }
}

fn copy_of(agent: &mut Agent, thrown: Value, what: &str) -> Throw {
    let text = text_of(agent, thrown);
    agent.type_error(format!("{what} ({text})"))
}

fn text_of(agent: &mut Agent, v: Value) -> String {
    let Some(o) = v.as_object().filter(|o| o.is(CellKind::Error)) else {
        return display_value(agent, v);
    };
    let name = constructor_name(agent, o);
    let key = agent.names.message;
    match lookup_own(agent, o, key) {
        Lookup::Data(message, _) if message.is_string() => {
            let message = message.as_string().map(|s| s.to_rust_string(agent));
            format!("{name}: {}", message.unwrap_or_default())
        }
        _ => name,
    }
}

/// GetWrappedValue: what code of `realm` may see of a value.
fn wrapped_value(agent: &mut Agent, realm: Realm, v: Value) -> JsResult<Value> {
    let Some(o) = v.as_object() else {
        return Ok(v);
    };
    if !o.is_callable() {
        let text = display_value(agent, v);
        return Err(agent.type_error(format!(
            "{text} cannot cross a ShadowRealm boundary: it is neither primitive nor callable"
        )));
    }
    Ok(wrapped_function_create(agent, realm, o)?.into())
}

/// WrappedFunctionCreate
fn wrapped_function_create(agent: &mut Agent, realm: Realm, target: Object) -> JsResult<Object> {
    let caller = std::mem::replace(&mut agent.realm, realm);
    let f = agent.new_native_closure(call_wrapped, 0, target.into());
    agent.realm = caller;
    if let Err(t) = copy_name_and_length(agent, f, target) {
        return Err(type_error_copy(
            agent,
            t,
            "Cannot wrap a function whose name and length cannot be read",
        ));
    }
    Ok(f)
}

/// CopyNameAndLength
fn copy_name_and_length(agent: &mut Agent, f: Object, target: Object) -> JsResult<()> {
    let (length, name) = (agent.names.length, agent.names.name);
    let mut l = 0.0;
    if has_own_property(agent, target, length)?
        && let Some(n) = get(agent, target, length)?.as_number()
    {
        l = numeric::to_integer_or_infinity(n).max(0.0);
    }
    let target_name = get(agent, target, name)?;
    let text = match target_name.as_string() {
        Some(s) => s,
        None => agent.intern(""),
    };
    materialize_all(agent, f);
    for (key, v) in [(length, Value::number(l)), (name, text.into())] {
        let d = PropertyDescriptor::data(v, Attributes::C);
        // Both are configurable properties of a fresh function.
        f.define_own_property(agent, key, &d)?;
    }
    Ok(())
}

/// [[Call]] of a wrapped function exotic object: OrdinaryWrappedFunctionCall. The current realm is
/// the function's.
fn call_wrapped(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    agent.check_native_stack()?;
    let Some(target) = cx.data().as_object() else {
        return Ok(Value::UNDEFINED);
    };
    let caller_realm = agent.realm;
    let target_realm = get_function_realm(agent, target)?;
    let mut args = agent.heap.root_vec::<Value>();
    for &v in cx.args() {
        let v = wrapped_value(agent, target_realm, v)?;
        args.push(v);
    }
    let this = wrapped_value(agent, target_realm, cx.this())?;
    match agent.call(target.into(), this, &args) {
        Ok(v) => wrapped_value(agent, caller_realm, v),
        Err(t) => Err(type_error_copy(agent, t, "WrappedFunction threw")),
    }
}

/// ShadowRealm.prototype.importValue ( specifier, exportName )
fn import_value(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let realm = this_realm(agent, cx, "importValue")?;
    let specifier = to_string(agent, cx.arg(0))?;
    let Some(name) = cx.arg(1).as_string() else {
        return Err(agent.type_error(
            "ShadowRealm.prototype.importValue: the name of the export is not a string",
        ));
    };
    // ShadowRealmImportValue
    let promise = new_promise(agent);
    let caller = std::mem::replace(&mut agent.realm, realm);
    let referrer = (agent.hooks.active_script_or_module)(agent);
    let evaluation = ImportPhase::Evaluation;
    let inner = module::import_call(
        agent,
        referrer,
        specifier.into(),
        Value::UNDEFINED,
        evaluation,
    );
    agent.realm = caller;
    let Some(inner) = inner?.as_object() else {
        return Ok(promise.into());
    };
    let mut fields = [Value::UNDEFINED; 8];
    fields[0] = promise.into();
    fields[1] = name.into();
    // Its realm is the one that gets the value.
    fields[2] = cx.callee().into();
    let data = agent.new_fields_object(CellKind::Fields, None, fields);
    perform_promise_then_native(agent, inner, imported, data.into());
    Ok(promise.into())
}

/// What happens when the import of `importValue` has settled.
fn imported(agent: &mut Agent, data: Value, state: PromiseState, v: Value) -> JsResult<()> {
    let Some(record) = data.as_object() else {
        return Ok(());
    };
    let (promise, name) = (record.field(0).as_object(), record.field(1).as_string());
    let (Some(promise), Some(name), Some(callee)) = (promise, name, record.field(2).as_object())
    else {
        return Ok(());
    };
    let realm = get_function_realm(agent, callee)?;
    let saved = std::mem::replace(&mut agent.realm, realm);
    let result = match (state, v.as_object()) {
        (PromiseState::Fulfilled, Some(namespace)) => {
            let key = PropertyKey::string(agent, name);
            exported_value(agent, namespace, key)
        }
        _ => Err(copy_of(agent, v, "Cannot import in the ShadowRealm")),
    };
    let capability = PromiseCapability::of_promise(promise);
    let settled = match result {
        Ok(v) => capability.resolve(agent, v),
        Err(t) => capability.reject_with_exception(agent, t).map(|_| ()),
    };
    agent.realm = saved;
    settled
}

/// ExportGetter functions
fn exported_value(agent: &mut Agent, namespace: Object, key: PropertyKey) -> JsResult<Value> {
    if !has_own_property(agent, namespace, key)? {
        let name = key.display(agent);
        return Err(agent.type_error(format!("The module has no export named '{name}'")));
    }
    let v = match get(agent, namespace, key) {
        Ok(v) => v,
        Err(t) => return Err(type_error_copy(agent, t, "Cannot read the export")),
    };
    let realm = agent.realm;
    wrapped_value(agent, realm, v)
}
