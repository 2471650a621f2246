//! The global object's properties (19) and the global functions.

use crate::agent::Agent;
use crate::object::Object;
use crate::property::{Attributes, PropertyDescriptor};
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_bytecode::{Feature, Native};

/// Global bindings of intrinsics, built when they are first read.
static LAZY_GLOBALS: &[(&str, Intrinsic)] = &[
    ("Object", Intrinsic::Object),
    ("Function", Intrinsic::Function),
    ("Array", Intrinsic::Array),
    ("Number", Intrinsic::Number),
    ("parseFloat", Intrinsic::ParseFloat),
    ("parseInt", Intrinsic::ParseInt),
    ("Boolean", Intrinsic::Boolean),
    ("String", Intrinsic::String),
    ("Symbol", Intrinsic::Symbol),
    ("Date", Intrinsic::Date),
    ("Promise", Intrinsic::Promise),
    ("RegExp", Intrinsic::RegExp),
    ("Error", Intrinsic::Error),
    ("AggregateError", Intrinsic::AggregateError),
    ("EvalError", Intrinsic::EvalError),
    ("RangeError", Intrinsic::RangeError),
    ("ReferenceError", Intrinsic::ReferenceError),
    ("SyntaxError", Intrinsic::SyntaxError),
    ("TypeError", Intrinsic::TypeError),
    ("URIError", Intrinsic::URIError),
    ("SuppressedError", Intrinsic::SuppressedError),
    ("JSON", Intrinsic::JSON),
    ("Math", Intrinsic::Math),
    ("Atomics", Intrinsic::Atomics),
    ("ArrayBuffer", Intrinsic::ArrayBuffer),
    ("SharedArrayBuffer", Intrinsic::SharedArrayBuffer),
    ("Uint8Array", Intrinsic::Uint8Array),
    ("Int8Array", Intrinsic::Int8Array),
    ("Uint16Array", Intrinsic::Uint16Array),
    ("Int16Array", Intrinsic::Int16Array),
    ("Uint32Array", Intrinsic::Uint32Array),
    ("Int32Array", Intrinsic::Int32Array),
    ("Float16Array", Intrinsic::Float16Array),
    ("Float32Array", Intrinsic::Float32Array),
    ("Float64Array", Intrinsic::Float64Array),
    ("Uint8ClampedArray", Intrinsic::Uint8ClampedArray),
    ("BigUint64Array", Intrinsic::BigUint64Array),
    ("BigInt64Array", Intrinsic::BigInt64Array),
    ("DataView", Intrinsic::DataView),
    ("Map", Intrinsic::Map),
    ("BigInt", Intrinsic::BigInt),
    ("Set", Intrinsic::Set),
    ("Iterator", Intrinsic::Iterator),
    ("WeakMap", Intrinsic::WeakMap),
    ("WeakSet", Intrinsic::WeakSet),
    ("WeakRef", Intrinsic::WeakRef),
    ("FinalizationRegistry", Intrinsic::FinalizationRegistry),
    ("DisposableStack", Intrinsic::DisposableStack),
    ("AsyncDisposableStack", Intrinsic::AsyncDisposableStack),
    ("Proxy", Intrinsic::Proxy),
    ("Reflect", Intrinsic::Reflect),
    ("decodeURI", Intrinsic::DecodeURI),
    ("decodeURIComponent", Intrinsic::DecodeURIComponent),
    ("encodeURI", Intrinsic::EncodeURI),
    ("encodeURIComponent", Intrinsic::EncodeURIComponent),
    ("escape", Intrinsic::Escape),
    ("unescape", Intrinsic::Unescape),
    ("eval", Intrinsic::Eval),
    ("isFinite", Intrinsic::IsFinite),
    ("isNaN", Intrinsic::IsNaN),
];

/// Those that a feature adds.
static OPTIONAL_GLOBALS: &[(Feature, &str, Intrinsic)] =
    &[(Feature::ShadowRealm, "ShadowRealm", Intrinsic::ShadowRealm)];

/// 9.3.3 SetDefaultGlobalBindings.
pub(crate) fn define_globals(agent: &mut Agent, global: Object) {
    for &(name, i) in LAZY_GLOBALS {
        let key = agent.key(name);
        agent.add_lazy_global(global, key, i as u16, Attributes::WC);
    }
    for &(feature, name, i) in OPTIONAL_GLOBALS {
        if agent.options.features.has(feature) {
            let key = agent.key(name);
            agent.add_lazy_global(global, key, i as u16, Attributes::WC);
        }
    }
    define_natives(agent, global);
    let this = agent.realm.global_this();
    let values = [
        ("globalThis", this, Attributes::WC),
        ("Infinity", Value::number(f64::INFINITY), Attributes::NONE),
        ("NaN", Value::number(f64::NAN), Attributes::NONE),
        ("undefined", Value::UNDEFINED, Attributes::NONE),
    ];
    for (name, value, attributes) in values {
        let key = agent.key(name);
        // A fresh global object accepts every definition.
        let _ =
            global.define_own_property(agent, key, &PropertyDescriptor::data(value, attributes));
    }
}

/// Defines the functions of `--allow-natives-syntax`, if the agent has them.
pub fn define_natives(agent: &mut Agent, global: Object) {
    let Some(function) = agent.hooks.natives else {
        return;
    };
    if !agent.options.features.has(Feature::NativesSyntax) {
        return;
    }
    for &native in Native::ALL {
        let name = native.global_name();
        let length = native.arguments().unwrap_or(0);
        let value = agent.new_native_function(name, length, function(native));
        let key = agent.key(name);
        let property = PropertyDescriptor::data(value.into(), Attributes::NONE);
        // A fresh global object accepts every definition.
        let _ = global.define_own_property(agent, key, &property);
    }
}
