//! String exotic objects (10.4.3).

use super::internal_methods::{InternalMethods, KeyList, ORDINARY};
use super::{Object, ordinary};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::property::{Attributes, OwnProperty, PropertyDescriptor, PropertyKey};
use crate::string::JsString;
use crate::value::Value;

/// Internal methods of String objects.
pub const METHODS: InternalMethods = InternalMethods {
    get_own_property: |agent, o, key| Ok(string_get_own_property(agent, o, key)),
    define_own_property: string_define_own_property,
    delete: string_delete,
    own_property_keys: string_own_property_keys,
    ..ORDINARY
};

/// [[StringData]]
fn data(o: Object) -> Option<JsString> {
    o.field(0).as_string()
}

/// `length` and indices of the string.
fn exotic_property(agent: &mut Agent, o: Object, key: PropertyKey) -> Option<OwnProperty> {
    let s = data(o)?;
    let value = crate::abstract_ops::string_own_property(agent, s, key)?;
    let attributes = if key.is_index() {
        Attributes::E
    } else {
        Attributes::NONE
    };
    Some(OwnProperty::Data { value, attributes })
}

/// 10.4.3.1 [[GetOwnProperty]]
fn string_get_own_property(agent: &mut Agent, o: Object, key: PropertyKey) -> Option<OwnProperty> {
    exotic_property(agent, o, key).or_else(|| ordinary::ordinary_get_own_property(agent, o, key))
}

/// 10.4.3.2 [[DefineOwnProperty]]
fn string_define_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    d: &PropertyDescriptor,
) -> JsResult<bool> {
    match exotic_property(agent, o, key) {
        Some(p) => ordinary::validate_and_apply(agent, None, key, true, d, Some(p)),
        None => ordinary::ordinary_define_own_property(agent, o, key, d),
    }
}

fn string_delete(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    if exotic_property(agent, o, key).is_some() {
        return Ok(false);
    }
    ordinary::ordinary_delete(agent, o, key)
}

/// 10.4.3.3 [[OwnPropertyKeys]]
fn string_own_property_keys(agent: &mut Agent, o: Object) -> JsResult<KeyList> {
    let len = data(o).map_or(0, |s| s.len()) as u32;
    let mut keys: KeyList = agent.heap.root_vec();
    for i in (0..len).chain(o.element_indices()) {
        keys.push(PropertyKey::index(i));
    }
    keys.push(agent.names.length);
    ordinary::push_named_keys(agent, o, &mut keys);
    Ok(keys)
}

/// The value of a wrapper object of that kind.
pub fn wrapped(o: Object) -> Value {
    o.field(0)
}
