//! Property tables of builtin objects, and how objects are built from them.

use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::function::NativeFn;
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::ordinary::add_named;
use crate::property::{Attributes, PropertyKey};
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_bytecode::Feature;

/// The value of a table row.
#[derive(Copy, Clone)]
pub enum PropValue {
    /// A function: implementation and `length`.
    Method(NativeFn, u32),
    /// Getter and setter.
    Accessor(Option<NativeFn>, Option<NativeFn>),
    /// A number.
    Number(f64),
    /// A string.
    Text(&'static str),
    /// An intrinsic object.
    Intrinsic(Intrinsic),
    /// The same function object as another property of the table, which comes earlier.
    Alias(&'static str),
    /// A value made when the object is built.
    Custom(fn(&mut Agent) -> Value),
}

/// A row: name (`@@iterator` for well-known symbols), value, attributes.
#[derive(Copy, Clone)]
pub struct Prop {
    name: &'static str,
    value: PropValue,
    attributes: Attributes,
    /// The row exists only with this language feature.
    feature: Option<Feature>,
}

impl Prop {
    /// The row, only when the agent has `feature`.
    pub const fn only_with(self, feature: Feature) -> Prop {
        Prop {
            feature: Some(feature),
            ..self
        }
    }
}

/// A method: writable, configurable.
pub const fn method(name: &'static str, length: u32, f: NativeFn) -> Prop {
    Prop {
        name,
        value: PropValue::Method(f, length),
        attributes: Attributes::WC,
        feature: None,
    }
}
/// A method with other attributes.
pub const fn method_with(
    name: &'static str,
    length: u32,
    f: NativeFn,
    attributes: Attributes,
) -> Prop {
    Prop {
        name,
        value: PropValue::Method(f, length),
        attributes,
        feature: None,
    }
}
/// A getter: configurable.
pub const fn getter(name: &'static str, f: NativeFn) -> Prop {
    Prop {
        name,
        value: PropValue::Accessor(Some(f), None),
        attributes: Attributes::C,
        feature: None,
    }
}
/// A getter and a setter: configurable.
pub const fn accessor(name: &'static str, get: NativeFn, set: NativeFn) -> Prop {
    Prop {
        name,
        value: PropValue::Accessor(Some(get), Some(set)),
        attributes: Attributes::C,
        feature: None,
    }
}
/// A number that cannot be changed.
pub const fn constant(name: &'static str, n: f64) -> Prop {
    Prop {
        name,
        value: PropValue::Number(n),
        attributes: Attributes::NONE,
        feature: None,
    }
}
/// `@@toStringTag`: configurable only.
pub const fn tag(text: &'static str) -> Prop {
    Prop {
        name: "@@toStringTag",
        value: PropValue::Text(text),
        attributes: Attributes::C,
        feature: None,
    }
}
/// A string, writable and configurable.
pub const fn text(name: &'static str, text: &'static str) -> Prop {
    Prop {
        name,
        value: PropValue::Text(text),
        attributes: Attributes::WC,
        feature: None,
    }
}
/// The same function as an earlier row.
pub const fn alias(name: &'static str, of: &'static str) -> Prop {
    Prop {
        name,
        value: PropValue::Alias(of),
        attributes: Attributes::WC,
        feature: None,
    }
}
/// Any value.
pub const fn prop(name: &'static str, value: PropValue, attributes: Attributes) -> Prop {
    Prop {
        name,
        value,
        attributes,
        feature: None,
    }
}

/// How intrinsics are built.
pub enum Builder {
    /// A constructor and its prototype.
    Class(&'static ClassSpec),
    /// An object that is no constructor.
    Namespace(&'static NamespaceSpec),
    /// A function that builds all the intrinsics of the list.
    Custom(&'static [Intrinsic], fn(&mut Agent)),
}

/// A constructor with its prototype object.
pub struct ClassSpec {
    /// The constructor's intrinsic.
    pub constructor: Intrinsic,
    /// The prototype's intrinsic.
    pub prototype: Option<Intrinsic>,
    /// `name`.
    pub name: &'static str,
    /// `length`.
    pub length: u32,
    /// [[Call]] and [[Construct]].
    pub call: NativeFn,
    /// False for %Symbol% and %BigInt%-like functions that have no [[Construct]].
    pub is_constructor: bool,
    /// [[Prototype]] of the constructor.
    pub constructor_parent: Intrinsic,
    /// [[Prototype]] of the prototype object; None is null.
    pub prototype_parent: Option<Intrinsic>,
    /// Makes the prototype object when it is not an ordinary object.
    pub make_prototype: Option<fn(&mut Agent, Option<Object>) -> Object>,
    /// Own properties of the constructor.
    pub statics: &'static [Prop],
    /// Own properties of the prototype.
    pub methods: &'static [Prop],
}

impl ClassSpec {
    /// A spec with the usual parents; override with struct update syntax in a `static`.
    pub const fn new(
        constructor: Intrinsic,
        prototype: Intrinsic,
        name: &'static str,
        length: u32,
        call: NativeFn,
    ) -> ClassSpec {
        ClassSpec {
            constructor,
            prototype: Some(prototype),
            name,
            length,
            call,
            is_constructor: true,
            constructor_parent: Intrinsic::FunctionPrototype,
            prototype_parent: Some(Intrinsic::ObjectPrototype),
            make_prototype: None,
            statics: &[],
            methods: &[],
        }
    }

    /// Builds the pair in the current realm. Both are noted before anything is filled in, since
    /// filling in touches other intrinsics, which may touch these.
    pub(crate) fn build(&self, agent: &mut Agent) {
        let proto = self.prototype.map(|p| {
            let parent = self.prototype_parent.map(|i| agent.intrinsic(i));
            // Building the parent may have built this one.
            if let Some(o) = agent.realm.intrinsic_if_built(p) {
                return o;
            }
            let o = match self.make_prototype {
                Some(make) => make(agent, parent),
                None => agent.new_object(parent),
            };
            agent.set_intrinsic(p, o);
            o
        });
        let ctor = match agent.realm.intrinsic_if_built(self.constructor) {
            Some(_) => return,
            None => {
                let name = agent.intern(self.name).into();
                let f = agent.new_native_with(
                    self.call,
                    name,
                    self.length,
                    Value::UNDEFINED,
                    self.is_constructor,
                );
                // Building %Function.prototype% for it may have come back here.
                if agent.realm.intrinsic_if_built(self.constructor).is_some() {
                    return;
                }
                agent.set_intrinsic(self.constructor, f);
                f
            }
        };
        if self.constructor_parent != Intrinsic::FunctionPrototype {
            let parent = agent.intrinsic(self.constructor_parent);
            agent.set_prototype_in_shape(ctor, Some(parent));
        }
        crate::function::materialize_all(agent, ctor);
        if let Some(proto) = proto {
            let key = agent.names.prototype;
            add_named(agent, ctor, key, proto.into(), Attributes::NONE);
            let key = agent.names.constructor;
            if proto.shape(agent).lookup(key).is_none()
                && !self.methods.iter().any(|p| p.name == "constructor")
            {
                add_named(agent, proto, key, ctor.into(), Attributes::WC);
            }
        }
        define_properties(agent, ctor, self.statics);
        if let Some(proto) = proto {
            define_properties(agent, proto, self.methods);
        }
    }
}

/// An object that is no constructor: a namespace such as %Math%, or a lone prototype.
pub struct NamespaceSpec {
    /// The intrinsic.
    pub intrinsic: Intrinsic,
    /// [[Prototype]].
    pub parent: Option<Intrinsic>,
    /// Own properties.
    pub properties: &'static [Prop],
}

impl NamespaceSpec {
    pub(crate) fn build(&self, agent: &mut Agent) {
        let parent = self.parent.map(|i| agent.intrinsic(i));
        if agent.realm.intrinsic_if_built(self.intrinsic).is_some() {
            return;
        }
        let o = agent.new_object(parent);
        agent.set_intrinsic(self.intrinsic, o);
        define_properties(agent, o, self.properties);
    }
}

/// The key of a table name.
pub fn table_key(agent: &mut Agent, name: &str) -> PropertyKey {
    match name
        .strip_prefix("@@")
        .and_then(|n| agent.symbols.by_name(n))
    {
        Some(s) => PropertyKey::symbol(s),
        None => PropertyKey::from_str(agent, name),
    }
}

/// The `name` of a function in a table: `[Symbol.iterator]` for symbols.
fn function_name(name: &str, prefix: &str) -> String {
    match name.strip_prefix("@@") {
        Some(n) => format!("{prefix}[Symbol.{n}]"),
        None => format!("{prefix}{name}"),
    }
}

/// Defines the rows of a table on an object.
pub fn define_properties(agent: &mut Agent, o: Object, rows: &[Prop]) {
    for row in rows {
        if row
            .feature
            .is_some_and(|feature| !agent.options.features.has(feature))
        {
            continue;
        }
        let key = table_key(agent, row.name);
        let value = row_value(agent, o, row);
        let attributes = match row.value {
            PropValue::Accessor(..) => row.attributes.with(Attributes::ACCESSOR),
            _ => row.attributes,
        };
        if o.is(CellKind::Global) {
            let d = crate::property::PropertyDescriptor::data(value, attributes);
            // A fresh global object accepts every definition.
            let _ = o.define_own_property(agent, key, &d);
            continue;
        }
        match o.shape(agent).lookup(key) {
            // Touching another intrinsic may have defined it already (`constructor`).
            Some(e) => o.store_existing_slot(agent, e.slot, value),
            None => add_named(agent, o, key, value, attributes),
        }
    }
}

fn row_value(agent: &mut Agent, o: Object, row: &Prop) -> Value {
    match row.value {
        PropValue::Method(f, length) => {
            let name = agent.intern(&function_name(row.name, "")).into();
            agent
                .new_native_with(f, name, length, Value::UNDEFINED, false)
                .into()
        }
        PropValue::Accessor(get, set) => {
            let half = |agent: &mut Agent, f: Option<NativeFn>, prefix: &str, length: u32| match f {
                None => Value::UNDEFINED,
                Some(f) => {
                    let name = agent.intern(&function_name(row.name, prefix)).into();
                    agent
                        .new_native_with(f, name, length, Value::UNDEFINED, false)
                        .into()
                }
            };
            let get = half(agent, get, "get ", 0);
            let set = half(agent, set, "set ", 1);
            agent.new_accessor(get, set)
        }
        PropValue::Number(n) => Value::number(n),
        PropValue::Text(s) => agent.intern(s).into(),
        PropValue::Intrinsic(i) => agent.intrinsic(i).into(),
        PropValue::Alias(of) => {
            let key = table_key(agent, of);
            match o.shape(agent).lookup(key) {
                Some(e) => o.load_slot(e.slot),
                None => Value::UNDEFINED,
            }
        }
        PropValue::Custom(f) => f(agent),
    }
}

/// A native function that cannot be called without `new`.
pub fn requires_new(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<()> {
    if cx.is_construct() {
        Ok(())
    } else {
        Err(agent.type_error(format!("Constructor {name} requires 'new'")))
    }
}
