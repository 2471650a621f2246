//! The table of essential internal methods (6.1.7.2) and their dispatch.

use super::{Object, ordinary};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::property::{OwnProperty, PropertyDescriptor, PropertyKey};
use crate::value::Value;
use sarus_gc::RootVec;

/// Property keys in a container that the collector sees.
pub type KeyList = RootVec<PropertyKey>;

/// The internal methods of one object kind. [[Call]] and [[Construct]] are dispatched by the
/// interpreter.
pub struct InternalMethods {
    /// [[GetPrototypeOf]].
    pub get_prototype_of: fn(&mut Agent, Object) -> JsResult<Option<Object>>,
    /// [[SetPrototypeOf]].
    pub set_prototype_of: fn(&mut Agent, Object, Option<Object>) -> JsResult<bool>,
    /// [[IsExtensible]].
    pub is_extensible: fn(&mut Agent, Object) -> JsResult<bool>,
    /// [[PreventExtensions]].
    pub prevent_extensions: fn(&mut Agent, Object) -> JsResult<bool>,
    /// [[GetOwnProperty]].
    pub get_own_property: fn(&mut Agent, Object, PropertyKey) -> JsResult<Option<OwnProperty>>,
    /// [[DefineOwnProperty]].
    pub define_own_property:
        fn(&mut Agent, Object, PropertyKey, &PropertyDescriptor) -> JsResult<bool>,
    /// [[HasProperty]].
    pub has_property: fn(&mut Agent, Object, PropertyKey) -> JsResult<bool>,
    /// [[Get]].
    pub get: fn(&mut Agent, Object, PropertyKey, Value) -> JsResult<Value>,
    /// [[Set]].
    pub set: fn(&mut Agent, Object, PropertyKey, Value, Value) -> JsResult<bool>,
    /// [[Delete]].
    pub delete: fn(&mut Agent, Object, PropertyKey) -> JsResult<bool>,
    /// [[OwnPropertyKeys]].
    pub own_property_keys: fn(&mut Agent, Object) -> JsResult<KeyList>,
}

/// Ordinary objects (10.1).
pub const ORDINARY: InternalMethods = InternalMethods {
    get_prototype_of: |agent, o| Ok(o.shape(agent).prototype_object()),
    set_prototype_of: ordinary::ordinary_set_prototype_of,
    is_extensible: |agent, o| Ok(o.shape(agent).is_extensible()),
    prevent_extensions: ordinary::ordinary_prevent_extensions,
    get_own_property: |agent, o, key| Ok(ordinary::ordinary_get_own_property(agent, o, key)),
    define_own_property: ordinary::ordinary_define_own_property,
    has_property: ordinary::ordinary_has_property,
    get: ordinary::ordinary_get,
    set: ordinary::ordinary_set,
    delete: ordinary::ordinary_delete,
    own_property_keys: ordinary::ordinary_own_property_keys,
};

/// Dispatch. All of these may run JavaScript (proxies, accessors).
impl Object {
    #[inline(always)]
    fn methods(self) -> &'static InternalMethods {
        crate::kind::methods_of(self.kind())
    }
    /// [[GetPrototypeOf]].
    pub fn get_prototype_of(self, agent: &mut Agent) -> JsResult<Option<Object>> {
        (self.methods().get_prototype_of)(agent, self)
    }
    /// [[SetPrototypeOf]].
    pub fn set_prototype_of(self, agent: &mut Agent, proto: Option<Object>) -> JsResult<bool> {
        (self.methods().set_prototype_of)(agent, self, proto)
    }
    /// [[IsExtensible]].
    pub fn is_extensible(self, agent: &mut Agent) -> JsResult<bool> {
        (self.methods().is_extensible)(agent, self)
    }
    /// [[PreventExtensions]].
    pub fn prevent_extensions(self, agent: &mut Agent) -> JsResult<bool> {
        (self.methods().prevent_extensions)(agent, self)
    }
    /// [[GetOwnProperty]].
    pub fn get_own_property(
        self,
        agent: &mut Agent,
        key: PropertyKey,
    ) -> JsResult<Option<OwnProperty>> {
        (self.methods().get_own_property)(agent, self, key)
    }
    /// [[DefineOwnProperty]].
    pub fn define_own_property(
        self,
        agent: &mut Agent,
        key: PropertyKey,
        descriptor: &PropertyDescriptor,
    ) -> JsResult<bool> {
        (self.methods().define_own_property)(agent, self, key, descriptor)
    }
    /// [[HasProperty]].
    pub fn has_property(self, agent: &mut Agent, key: PropertyKey) -> JsResult<bool> {
        (self.methods().has_property)(agent, self, key)
    }
    /// [[Get]].
    #[inline]
    pub fn get(self, agent: &mut Agent, key: PropertyKey, receiver: Value) -> JsResult<Value> {
        (self.methods().get)(agent, self, key, receiver)
    }
    /// [[Set]].
    #[inline]
    pub fn set(
        self,
        agent: &mut Agent,
        key: PropertyKey,
        v: Value,
        receiver: Value,
    ) -> JsResult<bool> {
        (self.methods().set)(agent, self, key, v, receiver)
    }
    /// [[Delete]].
    pub fn delete(self, agent: &mut Agent, key: PropertyKey) -> JsResult<bool> {
        (self.methods().delete)(agent, self, key)
    }
    /// [[OwnPropertyKeys]].
    pub fn own_property_keys(self, agent: &mut Agent) -> JsResult<KeyList> {
        (self.methods().own_property_keys)(agent, self)
    }
}
