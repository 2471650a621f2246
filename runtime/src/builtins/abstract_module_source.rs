//! %AbstractModuleSource% and module source objects
//! (<https://tc39.es/proposal-source-phase-imports/>).
//!
//! Source text and synthetic modules have no source object: hosts make them for module types of
//! their own, with [`new_module_source`] and `module::set_module_source`.

use super::table::{ClassSpec, getter};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::Object;
use crate::object::data::NativeData;
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_gc::Tracer;

/// %AbstractModuleSource%
pub static ABSTRACT_MODULE_SOURCE: ClassSpec = ClassSpec {
    methods: &[getter("@@toStringTag", to_string_tag)],
    ..ClassSpec::new(
        Intrinsic::AbstractModuleSource,
        Intrinsic::AbstractModuleSourcePrototype,
        "AbstractModuleSource",
        0,
        constructor,
    )
};

/// [[ModuleSourceClassName]]
struct ModuleSource {
    class_name: &'static str,
}

impl NativeData for ModuleSource {
    fn trace(&self, _: &mut Tracer) {}
}

/// %AbstractModuleSource% ( )
fn constructor(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    Err(agent.type_error("Abstract class AbstractModuleSource not directly constructable"))
}

/// get %AbstractModuleSource%.prototype [ %Symbol.toStringTag% ]
fn to_string_tag(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = cx.this().as_object();
    Ok(match o.as_ref().and_then(|o| o.data::<ModuleSource>()) {
        Some(source) => agent.intern(source.class_name).into(),
        None => Value::UNDEFINED,
    })
}

/// A module source object. `proto` should inherit from %AbstractModuleSource.prototype%.
pub fn new_module_source(agent: &mut Agent, proto: Object, class_name: &'static str) -> Object {
    agent.new_data_object(Some(proto), Box::new(ModuleSource { class_name }))
}
