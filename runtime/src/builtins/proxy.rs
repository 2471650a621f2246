//! The Proxy constructor (28.2). The object itself is in `crate::object::proxy`.

use super::table::{ClassSpec, method, requires_new};
use crate::abstract_ops::create_data_property_or_throw;
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::proxy::{proxy_create, revoke};
use crate::realm::Intrinsic;
use crate::value::Value;

/// %Proxy%
pub static PROXY: ClassSpec = ClassSpec {
    prototype: None,
    statics: &[method("revocable", 2, revocable)],
    ..ClassSpec::new(
        Intrinsic::Proxy,
        Intrinsic::ObjectPrototype,
        "Proxy",
        2,
        constructor,
    )
};

/// 28.2.1.1 Proxy ( target, handler )
pub(super) fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "Proxy")?;
    Ok(proxy_create(agent, cx.arg(0), cx.arg(1))?.into())
}

/// 28.2.2.1 Proxy.revocable ( target, handler )
fn revocable(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let proxy = proxy_create(agent, cx.arg(0), cx.arg(1))?;
    let revoker = agent.new_native_closure(
        |agent, cx| {
            if let Some(proxy) = cx.data().as_object() {
                revoke(agent, proxy);
            }
            Ok(Value::UNDEFINED)
        },
        0,
        proxy.into(),
    );
    let result = agent.new_plain_object();
    let (p, r) = (agent.names.proxy, agent.names.revoke);
    create_data_property_or_throw(agent, result, p, proxy.into())?;
    create_data_property_or_throw(agent, result, r, revoker.into())?;
    Ok(result.into())
}
