//! Decorators and auto-accessors: <https://tc39.es/proposal-decorators/>, with the metadata of
//! <https://tc39.es/proposal-decorator-metadata/>.
//!
//! ```text
//! AddElement … AddElement ──► definition (an array no program sees) ──Apply──► class
//!                                                                       │
//!                       hooks of fields, initializers of the class ◄────┘ addInitializer, returned functions
//! ```
//!
//! The compiler says when each step happens (see [`DecorateWhat`]); this file is the steps.

use crate::class::{add_method, key_of, private_get, private_set};
use crate::frame::*;
use crate::initialize::{add_instance_method, call_all, set_class_initializers};
use crate::literal::define_method_on;
use sarus_bytecode::opcodes::{DecorateWhat, element};
use sarus_runtime::abstract_ops::{create_data_property_or_throw, display_value, get, set};
use sarus_runtime::agent::{Agent, CallArgs};
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::function::set_function_name;
use sarus_runtime::object::{Object, array};
use sarus_runtime::property::PropertyKey;
use sarus_runtime::value::Value;

/// Values per element of a definition: flags, key, decorators, function or getter, setter, hooks.
const STRIDE: u32 = 6;
/// Elements of a definition come after two lists of initializers.
const FIRST: u32 = 2;
/// A private accessor's half joins the other one.
const JOINS: u32 = 4;

/// `Decorate`.
#[inline(never)]
pub fn decorate(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (base, flags) = (f.bc(), f.x(1));
    match DecorateWhat::from_operand(f.a() as u8) {
        Some(DecorateWhat::AutoAccessor) => auto_accessor(agent, f, base),
        Some(DecorateWhat::AddElement) => add_element(agent, f, base, flags),
        Some(DecorateWhat::Apply) => apply(agent, f, base, flags),
        Some(DecorateWhat::RunInitializers) => run_initializers(agent, f, base),
        Some(DecorateWhat::RunExtra) => {
            let list = f.reg(base).as_object().map(|o| o.dense_element(flags));
            call_all(agent, list.unwrap_or(Value::UNDEFINED), f.reg(base + 1))
        }
        None => Ok(()),
    }
}

fn run_initializers(agent: &mut Agent, f: Frame, base: usize) -> JsResult<()> {
    let list = f
        .reg(base + 1)
        .as_object()
        .map(|hooks| hooks.dense_element(0));
    let Some(list) = list.and_then(|list| list.as_object()) else {
        return Ok(());
    };
    // The outermost decorator was applied last and its initializer runs first.
    for i in (0..array::length_of(list).unwrap_or(0)).rev() {
        let v = agent.call(list.dense_element(i), f.reg(base + 2), &[f.reg(base)])?;
        f.set(base, v);
    }
    Ok(())
}

// ---- auto-accessors ------------------------------------------------------------------------------------------------

fn auto_accessor(agent: &mut Agent, f: Frame, base: usize) -> JsResult<()> {
    let key = key_of(agent, f.reg(base));
    let text = format!("{} accessor storage", key.display(agent));
    let text = agent.new_string(&text);
    let storage: Value = agent.new_private_name(text).into();
    for (at, prefix, function, length) in [
        (
            1,
            "get",
            get_storage as sarus_runtime::function::NativeFn,
            0,
        ),
        (2, "set", set_storage, 1),
    ] {
        let text = format!("{prefix} {}", key.display(agent));
        let name = agent.new_string(&text);
        let half = agent.new_named_closure(name, function, length, storage);
        f.set(base + at, half.into());
        set_function_name(agent, half, key, prefix)?;
    }
    f.set(base, storage);
    Ok(())
}

fn get_storage(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    private_get(agent, cx.this(), cx.data())
}

fn set_storage(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    private_set(agent, cx.this(), cx.data(), cx.arg(0))?;
    Ok(Value::UNDEFINED)
}

// ---- definitions ---------------------------------------------------------------------------------------------------

fn add_element(agent: &mut Agent, f: Frame, base: usize, flags: u32) -> JsResult<()> {
    let Some(definition) = f.reg(base).as_object() else {
        return Ok(());
    };
    array::push(agent, definition, Value::int(flags as i32))?;
    for i in 1..STRIDE as usize {
        array::push(agent, definition, f.reg(base + i))?;
    }
    Ok(())
}

/// A class while its decorators are applied.
struct Definition {
    lists: Object,
    ctor: Object,
    proto: Object,
    /// What instance methods' decorators give to `addInitializer`.
    instance_extra: Object,
    metadata: Object,
}

/// An element of a definition.
#[derive(Copy, Clone)]
struct Element {
    at: u32,
    flags: u32,
    key: Value,
}

impl Element {
    fn kind(self) -> u32 {
        self.flags & element::KIND
    }
    fn is_static(self) -> bool {
        self.flags & element::STATIC != 0
    }
    fn is_private(self) -> bool {
        self.flags & element::PRIVATE != 0
    }
    /// The value of `context.kind`.
    fn kind_name(self) -> &'static str {
        match self.kind() {
            element::GETTER => "getter",
            element::SETTER => "setter",
            element::FIELD => "field",
            element::ACCESSOR => "accessor",
            _ => "method",
        }
    }
    /// For messages: `method 'm'`.
    fn describe(self, agent: &mut Agent) -> String {
        let key = key_of(agent, self.key).display(agent);
        format!("{} '{key}'", self.kind_name())
    }
}

impl Definition {
    fn element(&self, at: u32) -> Element {
        Element {
            at,
            flags: self.lists.dense_element(at).as_int().unwrap_or(0) as u32,
            key: self.lists.dense_element(at + 1),
        }
    }
    fn decorators(&self, e: Element) -> Option<Object> {
        self.lists.dense_element(e.at + 2).as_object()
    }
    fn function(&self, e: Element) -> Value {
        self.lists.dense_element(e.at + 3)
    }
    fn setter(&self, e: Element) -> Value {
        self.lists.dense_element(e.at + 4)
    }
    fn set_function(&self, agent: &mut Agent, e: Element, v: Value) -> JsResult<()> {
        self.lists.put_element(agent, e.at + 3, v)
    }
    fn set_setter(&self, agent: &mut Agent, e: Element, v: Value) -> JsResult<()> {
        self.lists.put_element(agent, e.at + 4, v)
    }
    /// The initializers (0) or added initializers (1) of a field or accessor.
    fn hooks(&self, e: Element, which: u32) -> Option<Object> {
        let hooks = self.lists.dense_element(e.at + 5).as_object()?;
        hooks.dense_element(which).as_object()
    }
    /// Where `addInitializer` puts what decorators of the element give it.
    fn extra(&self, e: Element) -> Option<Object> {
        match e.kind() {
            element::FIELD | element::ACCESSOR => self.hooks(e, 1),
            _ if e.is_static() => self.lists.dense_element(0).as_object(),
            _ => Some(self.instance_extra),
        }
    }
}

/// The second half of ClassDefinitionEvaluation of a class with decorators.
fn apply(agent: &mut Agent, f: Frame, base: usize, flags: u32) -> JsResult<()> {
    let (Some(lists), Some(ctor), Some(proto)) = (
        f.reg(base).as_object(),
        f.reg(base + 1).as_object(),
        f.reg(base + 2).as_object(),
    ) else {
        return Ok(());
    };
    let metadata = new_metadata(agent, ctor, flags & 1 != 0)?;
    let definition = Definition {
        lists,
        ctor,
        proto,
        instance_extra: agent.new_array(),
        metadata,
    };
    let end = array::length_of(lists).unwrap_or(0);
    for (is_static, fields) in [(true, false), (false, false), (true, true), (false, true)] {
        let mut at = FIRST;
        while at + STRIDE <= end {
            let e = definition.element(at);
            at += STRIDE;
            if e.is_static() == is_static && (e.kind() == element::FIELD) == fields {
                decorate_element(agent, &definition, e)?;
                define_element(agent, &definition, e)?;
            }
        }
    }
    if array::length_of(definition.instance_extra) != Some(0) {
        set_class_initializers(agent, ctor, definition.instance_extra)?;
    }
    let class = decorate_class(agent, &definition, f.reg(base + 3), f.reg(base + 4))?;
    let key = PropertyKey::symbol(agent.symbols.metadata);
    create_data_property_or_throw(agent, class, key, metadata.into())?;
    f.set(base, class.into());
    Ok(())
}

/// The object that all decorators of a class share; it inherits from that of the class's parent.
fn new_metadata(agent: &mut Agent, ctor: Object, has_heritage: bool) -> JsResult<Object> {
    let mut parent = Value::UNDEFINED;
    if has_heritage && let Some(class) = ctor.get_prototype_of(agent)? {
        let key = PropertyKey::symbol(agent.symbols.metadata);
        parent = get(agent, class, key)?;
    }
    if !parent.is_object() && !parent.is_nullish() {
        let text = display_value(agent, parent);
        return Err(agent.type_error(format!(
            "Symbol.metadata of the parent class must be an object or null, not {text}"
        )));
    }
    Ok(agent.new_object(parent.as_object()))
}

/// Defines a method, getter, setter or auto-accessor; fields wait for their initializer function.
fn define_element(agent: &mut Agent, definition: &Definition, e: Element) -> JsResult<()> {
    let halves = match e.kind() {
        element::FIELD => return Ok(()),
        element::ACCESSOR => [
            Some((definition.function(e), element::GETTER)),
            Some((definition.setter(e), element::SETTER)),
        ],
        kind => [Some((definition.function(e), kind)), None],
    };
    for (function, kind) in halves.into_iter().flatten() {
        if e.is_private() {
            let joins = if kind == element::METHOD { 0 } else { JOINS };
            if e.is_static() {
                add_method(agent, definition.ctor, e.key, function, kind | joins)?;
            } else {
                add_instance_method(agent, definition.ctor, e.key, function, kind | joins)?;
            }
            continue;
        }
        let home = if e.is_static() {
            definition.ctor
        } else {
            definition.proto
        };
        define_method_on(agent, home, e.key, function, kind)?;
    }
    Ok(())
}

// ---- decorators ----------------------------------------------------------------------------------------------------

/// ApplyDecoratorsToElementDefinition
fn decorate_element(agent: &mut Agent, definition: &Definition, e: Element) -> JsResult<()> {
    let (Some(list), Some(extra)) = (definition.decorators(e), definition.extra(e)) else {
        return Ok(());
    };
    for i in (0..array::length_of(list).unwrap_or(0) / 2).rev() {
        let value = match e.kind() {
            element::FIELD => Value::UNDEFINED,
            element::ACCESSOR => {
                let pair = agent.new_plain_object();
                let (get, set) = (agent.names.get, agent.names.set);
                create_data_property_or_throw(agent, pair, get, definition.function(e))?;
                create_data_property_or_throw(agent, pair, set, definition.setter(e))?;
                pair.into()
            }
            _ => definition.function(e),
        };
        let state = agent.new_array_from(&[extra.into()]);
        let context = element_context(agent, definition, e, state)?;
        let what = |agent: &mut Agent| e.describe(agent);
        let result = call_decorator(agent, list, i, value, context, state, what)?;
        accept(agent, definition, e, result)?;
    }
    Ok(())
}

/// Calls decorator number `i` of a list; `state` is what its `addInitializer` works with.
fn call_decorator(
    agent: &mut Agent,
    list: Object,
    i: u32,
    value: Value,
    context: Object,
    state: Object,
    what: impl FnOnce(&mut Agent) -> String,
) -> JsResult<Value> {
    let (decorator, this) = (list.dense_element(2 * i), list.dense_element(2 * i + 1));
    if !decorator.is_callable() {
        let (what, text) = (what(agent), display_value(agent, decorator));
        return Err(agent.type_error(format!("Decorator of {what} is not a function: {text}")));
    }
    let result = agent.call(decorator, this, &[value, context.into()])?;
    state.put_element(agent, 0, Value::UNDEFINED)?;
    Ok(result)
}

/// Puts what a decorator of an element returned in its place.
fn accept(agent: &mut Agent, definition: &Definition, e: Element, v: Value) -> JsResult<()> {
    if v.is_undefined() {
        return Ok(());
    }
    if e.kind() == element::ACCESSOR {
        return accept_accessor(agent, definition, e, v);
    }
    if !v.is_callable() {
        let what = e.describe(agent);
        return Err(bad_result(agent, &what, "function", v));
    }
    if e.kind() != element::FIELD {
        return definition.set_function(agent, e, v);
    }
    match definition.hooks(e, 0) {
        Some(initializers) => array::push(agent, initializers, v),
        None => Ok(()),
    }
}

fn accept_accessor(
    agent: &mut Agent,
    definition: &Definition,
    e: Element,
    v: Value,
) -> JsResult<()> {
    let Some(result) = v.as_object() else {
        let what = e.describe(agent);
        return Err(bad_result(agent, &what, "object", v));
    };
    let init = PropertyKey::from_str(agent, "init");
    for (name, key) in [
        ("get", agent.names.get),
        ("set", agent.names.set),
        ("init", init),
    ] {
        let v = get(agent, result, key)?;
        if v.is_undefined() {
            continue;
        }
        if !v.is_callable() {
            let (what, text) = (e.describe(agent), display_value(agent, v));
            return Err(agent.type_error(format!(
                "Decorator of {what} must return an object whose '{name}' is a function or undefined, not {text}"
            )));
        }
        match (name, definition.hooks(e, 0)) {
            ("get", _) => definition.set_function(agent, e, v)?,
            ("set", _) => definition.set_setter(agent, e, v)?,
            (_, Some(initializers)) => array::push(agent, initializers, v)?,
            _ => {}
        }
    }
    Ok(())
}

#[cold]
fn bad_result(agent: &mut Agent, what: &str, wanted: &str, v: Value) -> Throw {
    let text = display_value(agent, v);
    let article = if wanted == "object" { "an" } else { "a" };
    agent.type_error(format!(
        "Decorator of {what} must return {article} {wanted} or undefined, not {text}"
    ))
}

/// ApplyDecoratorsToClassDefinition
fn decorate_class(
    agent: &mut Agent,
    definition: &Definition,
    list: Value,
    name: Value,
) -> JsResult<Object> {
    let mut class = definition.ctor;
    let (Some(list), Some(extra)) = (
        list.as_object(),
        definition.lists.dense_element(1).as_object(),
    ) else {
        return Ok(class);
    };
    let name = name_of(agent, name);
    let describe = |agent: &mut Agent| match name.as_string() {
        Some(s) if !s.is_empty() => format!("class '{}'", s.to_rust_string(agent)),
        _ => "the class".to_string(),
    };
    for i in (0..array::length_of(list).unwrap_or(0) / 2).rev() {
        let state = agent.new_array_from(&[extra.into()]);
        let context = agent.new_plain_object();
        let kind = agent.intern("class").into();
        put(agent, context, "kind", kind)?;
        put(agent, context, "name", name)?;
        finish_context(agent, context, state, definition.metadata)?;
        let v = call_decorator(agent, list, i, class.into(), context, state, describe)?;
        match v.as_object() {
            Some(o) if o.is_callable() => class = o,
            None if v.is_undefined() => {}
            _ => {
                let what = describe(agent);
                return Err(bad_result(agent, &what, "function", v));
            }
        }
    }
    Ok(class)
}

// ---- context objects -----------------------------------------------------------------------------------------------

fn put(agent: &mut Agent, o: Object, name: &str, v: Value) -> JsResult<()> {
    let key = PropertyKey::from_str(agent, name);
    create_data_property_or_throw(agent, o, key, v)
}

/// The value of `context.name`: private names show their description.
fn name_of(agent: &mut Agent, key: Value) -> Value {
    match key.as_symbol() {
        Some(s) if s.is_private() => s.description(),
        Some(_) => key,
        None => key_of(agent, key).to_value(agent),
    }
}

/// CreateDecoratorContextObject for an element.
fn element_context(
    agent: &mut Agent,
    definition: &Definition,
    e: Element,
    state: Object,
) -> JsResult<Object> {
    let context = agent.new_plain_object();
    let kind = agent.intern(e.kind_name()).into();
    put(agent, context, "kind", kind)?;
    let access = access(agent, e)?;
    put(agent, context, "access", access.into())?;
    put(agent, context, "static", Value::bool(e.is_static()))?;
    put(agent, context, "private", Value::bool(e.is_private()))?;
    let name = name_of(agent, e.key);
    put(agent, context, "name", name)?;
    finish_context(agent, context, state, definition.metadata)?;
    Ok(context)
}

fn finish_context(
    agent: &mut Agent,
    context: Object,
    state: Object,
    metadata: Object,
) -> JsResult<()> {
    let name = agent.intern("addInitializer");
    let add = agent.new_named_closure(name, add_initializer, 1, state.into());
    put(agent, context, "addInitializer", add.into())?;
    put(agent, context, "metadata", metadata.into())
}

/// `context.addInitializer`. Its data is an array of the list to add to, or of undefined when it is too late.
fn add_initializer(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let state = cx.data().as_object();
    let Some(list) = state.and_then(|state| state.dense_element(0).as_object()) else {
        return Err(agent.type_error("addInitializer was called after its decorator returned"));
    };
    if !cx.arg(0).is_callable() {
        let text = display_value(agent, cx.arg(0));
        return Err(agent.type_error(format!("addInitializer needs a function, not {text}")));
    }
    array::push(agent, list, cx.arg(0))?;
    Ok(Value::UNDEFINED)
}

/// CreateDecoratorAccessObject
fn access(agent: &mut Agent, e: Element) -> JsResult<Object> {
    let access = agent.new_plain_object();
    if e.kind() != element::SETTER {
        let get = agent.new_native_closure(access_get, 1, e.key);
        put(agent, access, "get", get.into())?;
    }
    if matches!(
        e.kind(),
        element::FIELD | element::ACCESSOR | element::SETTER
    ) {
        let set = agent.new_native_closure(access_set, 2, e.key);
        put(agent, access, "set", set.into())?;
    }
    let name = agent.intern("has");
    let has = agent.new_named_closure(name, access_has, 1, e.key);
    put(agent, access, "has", has.into())?;
    Ok(access)
}

/// The object an access function is asked about.
fn receiver(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    let Some(o) = cx.arg(0).as_object() else {
        let text = display_value(agent, cx.arg(0));
        return Err(agent.type_error(format!("access.{name} needs an object, not {text}")));
    };
    Ok(o)
}

fn is_private(v: Value) -> bool {
    v.as_symbol().is_some_and(|s| s.is_private())
}

fn access_get(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = receiver(agent, cx, "get")?;
    if is_private(cx.data()) {
        return private_get(agent, o.into(), cx.data());
    }
    let key = key_of(agent, cx.data());
    get(agent, o, key)
}

fn access_set(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = receiver(agent, cx, "set")?;
    if is_private(cx.data()) {
        private_set(agent, o.into(), cx.data(), cx.arg(1))?;
    } else {
        let key = key_of(agent, cx.data());
        set(agent, o, key, cx.arg(1), true)?;
    }
    Ok(Value::UNDEFINED)
}

fn access_has(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = receiver(agent, cx, "has")?;
    let key = key_of(agent, cx.data());
    let has = if is_private(cx.data()) {
        o.shape(agent).lookup(key).is_some()
    } else {
        o.has_property(agent, key)?
    };
    Ok(Value::bool(has))
}
