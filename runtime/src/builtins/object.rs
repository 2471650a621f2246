//! The Object constructor and %Object.prototype% (20.1).

use super::table::ClassSpec;
use crate::abstract_ops::{ordinary_create_from_constructor, to_object};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %Object%
pub static OBJECT: ClassSpec = ClassSpec {
    prototype_parent: None,
    ..ClassSpec::new(
        Intrinsic::Object,
        Intrinsic::ObjectPrototype,
        "Object",
        1,
        object_constructor,
    )
};

/// 20.1.1.1 Object ( [ value ] )
fn object_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if cx.is_construct() && cx.new_target() != Value::from(cx.callee()) {
        return Ok(ordinary_create_from_constructor(
            agent,
            cx.new_target(),
            Intrinsic::ObjectPrototype,
        )?
        .into());
    }
    if cx.arg(0).is_nullish() {
        return Ok(agent.new_plain_object().into());
    }
    Ok(to_object(agent, cx.arg(0))?.into())
}
