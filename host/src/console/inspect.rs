//! `util.inspect`: text of any value for people, exactly as Node formats it.
//!
//! ```text
//! format_value ─► proxies, custom inspection, cycles ─► format_raw ─► prefix, braces, entries (kinds.rs)
//!                                                                  └► lines and columns (layout.rs)
//! ```
//!
//! **Architecture invariant:** nothing here recurses without checking the native stack. JavaScript runs
//! only where Node runs it: custom inspection, proxies on prototype chains, accessors that are asked for.

use super::options::{Getters, InspectOptions};
use super::style::{self, Style, escape, is_plain_name, quote, stylize};
use sarus_gc::RootVec;
use sarus_runtime::abstract_ops::{
    create_data_property, function_name, get, instance_of, number_to_string, to_string,
};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::{array, proxy};
use sarus_runtime::{
    Agent, Attributes, CallArgs, JsResult, JsString, Object, OwnProperty, PropertyKey, Value,
};
use std::collections::HashMap;

/// Whether entries stand in an array and how extra properties are shown.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Extras {
    /// Properties of an object.
    Object,
    /// Elements and extra properties of an array.
    Array,
}

/// What kind of entry a property is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Entry {
    /// `key: value`
    Property,
    /// `value`
    Element,
}

/// The shortest string that is broken at its newlines.
const MIN_LINE_WIDTH: usize = 16;
/// Output on one level beyond which nesting is no longer shown.
const BUDGET: usize = 1 << 27;

/// One inspection.
pub struct Inspector {
    pub(super) options: InspectOptions,
    pub(super) indentation: usize,
    pub(super) current_depth: i64,
    seen: RootVec<Value>,
    /// Objects that contain themselves; the position plus one is the reference number.
    circular: RootVec<Value>,
    budget: HashMap<usize, usize>,
}

/// Text of a value.
pub fn inspect_value(agent: &mut Agent, v: Value, options: &InspectOptions) -> JsResult<String> {
    Inspector::new(agent, options.clone()).format_value(agent, v, 0, false)
}

/// Deepest nesting that is shown: every level indents the text of all levels below it.
const MAX_LEVELS: usize = 1_000;

/// The properties to show, in order.
pub(super) type Keys = RootVec<PropertyKey>;

impl Inspector {
    fn new(agent: &mut Agent, options: InspectOptions) -> Inspector {
        Inspector {
            options,
            indentation: 0,
            current_depth: 0,
            seen: agent.heap.root_vec(),
            circular: agent.heap.root_vec(),
            budget: HashMap::new(),
        }
    }

    pub(super) fn style(&self, text: &str, style: Style) -> String {
        stylize(text, style, self.options.colors)
    }

    /// Any value; `recurse` is the level it stands on. `in_typed_array` shortens buffers.
    pub(super) fn format_value(
        &mut self,
        agent: &mut Agent,
        v: Value,
        recurse: i64,
        in_typed_array: bool,
    ) -> JsResult<String> {
        let Some(outer) = v.as_object() else {
            return self.format_primitive(agent, v);
        };
        let stack = agent.check_native_stack();
        if stack.is_err() || self.seen.len() >= MAX_LEVELS {
            if stack.is_err() && agent.take_exception().is_none() {
                return stack.map(|()| String::new());
            }
            let text =
                "[Object: Inspection interrupted prematurely. Maximum call stack size exceeded.]";
            return Ok(self.style(text, Style::Special));
        }
        let mut o = outer;
        let is_proxy = o.is(CellKind::Proxy);
        if is_proxy {
            if proxy::target_of(o).is_none() {
                return Ok(self.style("<Revoked Proxy>", Style::Special));
            }
            if self.options.show_proxy {
                return self.format_proxy(agent, o, recurse);
            }
            while let Some(target) = proxy::target_of(o) {
                o = target;
            }
            if o.is(CellKind::Proxy) {
                return Ok(self.style("<Revoked Proxy>", Style::Special));
            }
        }
        if self.options.custom_inspect
            && let Some(text) = self.format_custom(agent, outer, o, recurse)?
        {
            return Ok(text);
        }
        let value: Value = o.into();
        if self.seen.contains(&value) {
            let index = match self.circular.iter().position(|c| *c == value) {
                Some(i) => i + 1,
                None => {
                    self.circular.push(value);
                    self.circular.len()
                }
            };
            return Ok(self.style(&format!("[Circular *{index}]"), Style::Special));
        }
        self.format_raw(agent, o, recurse, in_typed_array)
    }

    /// `Proxy [ target, handler ]`
    fn format_proxy(&mut self, agent: &mut Agent, o: Object, recurse: i64) -> JsResult<String> {
        if recurse as f64 > self.options.depth {
            return Ok(self.style("Proxy [Array]", Style::Special));
        }
        let recurse = recurse + 1;
        self.indentation += 2;
        let mut parts = Vec::new();
        for part in [proxy::target_of(o), proxy::handler_of(o)] {
            parts.push(self.format_value(agent, part.into(), recurse, false)?);
        }
        self.indentation -= 2;
        let braces = ("Proxy [".to_string(), "]".to_string());
        self.reduce_to_single_string(agent, parts, "", &braces, Extras::Array, recurse, None)
    }

    /// What `[util.inspect.custom]` of the value gives, if it has such a method.
    fn format_custom(
        &mut self,
        agent: &mut Agent,
        context: Object,
        o: Object,
        recurse: i64,
    ) -> JsResult<Option<String>> {
        let name = agent.intern("nodejs.util.inspect.custom");
        let key = PropertyKey::symbol(agent.symbol_for(name));
        let custom = get(agent, o, key)?;
        if !custom.is_callable() || self.is_own_prototype(agent, o)? {
            return Ok(None);
        }
        let depth = if self.options.depth.is_infinite() {
            Value::number(f64::INFINITY)
        } else {
            Value::number(self.options.depth - recurse as f64)
        };
        let options = self.user_options(agent, depth)?;
        let inspect = agent.new_native_function("inspect", 2, inspect_function);
        let args = [depth, options.into(), inspect.into()];
        let result = agent.call(custom, context.into(), &args)?;
        if result == context.into() {
            return Ok(None);
        }
        let text = if result.is_object() {
            self.format_value(agent, result, recurse, false)?
        } else {
            plain_text(agent, result)?
        };
        let indentation = format!("\n{}", " ".repeat(self.indentation));
        Ok(Some(text.replace('\n', &indentation)))
    }

    /// True for an object that is the prototype of its own constructor.
    fn is_own_prototype(&self, agent: &mut Agent, o: Object) -> JsResult<bool> {
        let key = agent.names.constructor;
        let Some(c) = get(agent, o, key)?.as_object() else {
            return Ok(false);
        };
        let key = agent.names.prototype;
        Ok(get(agent, c, key)? == o.into())
    }

    fn user_options(&self, agent: &mut Agent, depth: Value) -> JsResult<Object> {
        let o = agent.new_plain_object();
        let entries = self.options.entries(agent, depth);
        let colors = Value::bool(self.options.colors);
        let f = agent.new_native_closure(stylize_function, 2, colors);
        let key = agent.key("stylize");
        create_data_property(agent, o, key, f.into())?;
        for (name, v) in entries {
            let key = agent.key(name);
            create_data_property(agent, o, key, v)?;
        }
        Ok(o)
    }

    /// Primitives.
    pub(super) fn format_primitive(&self, agent: &mut Agent, v: Value) -> JsResult<String> {
        if let Some(s) = v.as_string() {
            return Ok(self.format_string(agent, s));
        }
        if v.is_number() {
            return Ok(self.style(&self.number(agent, v), Style::Number));
        }
        if v.is_null() {
            return Ok(self.style("null", Style::Null));
        }
        let style = if v.is_bool() {
            Style::Boolean
        } else if v.is_bigint() {
            let text = plain_text(agent, v)?;
            let text = if self.options.numeric_separator {
                style::separate_thousands(&text)
            } else {
                text
            };
            return Ok(self.style(&format!("{text}n"), Style::BigInt));
        } else if v.is_symbol() {
            Style::Symbol
        } else {
            Style::Undefined
        };
        let text = plain_text(agent, v)?;
        Ok(self.style(&text, style))
    }

    fn format_string(&self, agent: &mut Agent, s: JsString) -> String {
        let view = s.view(agent);
        let max = self.options.max_string_length.max(0.0);
        let (mut view, mut trailer) = (view, String::new());
        if view.len() as f64 > max {
            let shown = max as usize;
            let n = view.len() - shown;
            view = view.slice(0, shown);
            let plural = if n > 1 { "s" } else { "" };
            trailer = format!("... {n} more character{plural}");
        }
        let long = view.len() > MIN_LINE_WIDTH
            && view.len() as f64 > self.options.break_length - self.indentation as f64 - 4.0;
        if self.options.compact == super::options::Compact::On || !long {
            return self.style(&quote(view), Style::String) + &trailer;
        }
        let mut lines = Vec::new();
        let mut start = 0;
        for (i, unit) in view.units().enumerate() {
            if unit == 0x0A && i + 1 < view.len() {
                lines.push(self.style(&quote(view.slice(start, i + 1)), Style::String));
                start = i + 1;
            }
        }
        lines.push(self.style(&quote(view.slice(start, view.len())), Style::String));
        let separator = format!(" +\n{}", " ".repeat(self.indentation + 2));
        lines.join(&separator) + &trailer
    }

    /// A number, with -0 as such.
    pub(super) fn number(&self, agent: &mut Agent, v: Value) -> String {
        let text = number_text(agent, v);
        if self.options.numeric_separator {
            style::separate_thousands(&text)
        } else {
            text
        }
    }

    /// The whole of an object at a level: entries, circular marks, lines.
    pub(super) fn finish_object(
        &mut self,
        agent: &mut Agent,
        o: Object,
        parts: super::kinds::Parts,
        recurse: i64,
    ) -> JsResult<String> {
        let super::kinds::Parts {
            mut base,
            mut braces,
            extras,
            keys,
            formatter,
            class,
        } = parts;
        if recurse as f64 > self.options.depth {
            return Ok(self.style(&format!("[{class}]"), Style::Special));
        }
        let recurse = recurse + 1;
        self.seen.push(o.into());
        self.current_depth = recurse;
        let mut output = self.format_entries(agent, o, formatter, recurse, &mut braces)?;
        for &key in keys.iter() {
            let text = if o.is(CellKind::ModuleNamespace) {
                self.format_namespace_property(agent, o, recurse, key)?
            } else {
                self.format_property(agent, o, recurse, key, Entry::Property, extras)?
            };
            output.push(text);
        }
        if let Some(i) = self.circular.iter().position(|c| *c == o.into()) {
            let reference = self.style(&format!("<ref *{}>", i + 1), Style::Special);
            if self.options.compact == super::options::Compact::On {
                braces.0 = format!("{reference} {}", braces.0);
            } else if base.is_empty() {
                base = reference;
            } else {
                base = format!("{reference} {base}");
            }
        }
        self.seen.pop();
        if self.options.sorted {
            let by_units = |a: &String, b: &String| a.encode_utf16().cmp(b.encode_utf16());
            if extras == Extras::Object {
                output.sort_by(by_units);
            } else if output.len() > keys.len() {
                let from = output.len() - keys.len();
                output[from..].sort_by(by_units);
            }
        }
        let value = (!o.is(CellKind::MapIterator) && !o.is(CellKind::SetIterator)).then_some(o);
        let result =
            self.reduce_to_single_string(agent, output, &base, &braces, extras, recurse, value)?;
        let spent = self.budget.entry(self.indentation).or_insert(0);
        *spent += result.len();
        if *spent > BUDGET {
            self.options.depth = -1.0;
        }
        Ok(result)
    }

    /// One property of an object, or one element of an array.
    pub(super) fn format_property(
        &mut self,
        agent: &mut Agent,
        o: Object,
        recurse: i64,
        key: PropertyKey,
        entry: Entry,
        extras: Extras,
    ) -> JsResult<String> {
        let property = match o.get_own_property(agent, key)? {
            Some(p) => p,
            None => OwnProperty::Data {
                value: get(agent, o, key)?,
                attributes: Attributes::ALL,
            },
        };
        let mut space = " ".to_string();
        let text = match property {
            OwnProperty::Data { value, .. } => {
                let wide =
                    self.options.compact == super::options::Compact::On && extras == Extras::Object;
                let by = if wide { 3 } else { 2 };
                self.indentation += by;
                let text = self.format_value(agent, value, recurse, false)?;
                if wide
                    && self.options.break_length < style::width(&text, self.options.colors) as f64
                {
                    space = format!("\n{}", " ".repeat(self.indentation));
                }
                self.indentation -= by;
                text
            }
            OwnProperty::Accessor { get, set, .. } => {
                self.format_accessor(agent, o, recurse, get, set)?
            }
        };
        if entry == Entry::Element {
            return Ok(text);
        }
        let name = self.property_name(agent, key, property.enumerable());
        Ok(format!("{name}:{space}{text}"))
    }

    pub(super) fn property_name(
        &self,
        agent: &mut Agent,
        key: PropertyKey,
        enumerable: bool,
    ) -> String {
        if let Some(symbol) = key.as_symbol() {
            let description = symbol
                .description_string()
                .map(|d| escape(d.view(agent)))
                .unwrap_or_default();
            let text = format!("Symbol({description})");
            return format!("[{}]", self.style(&text, Style::Symbol));
        }
        let Some(atom) = key.as_atom() else {
            let index = key.as_index().unwrap_or(0);
            return if enumerable {
                self.style(&format!("'{index}'"), Style::String)
            } else {
                format!("[{index}]")
            };
        };
        if key == agent.names.proto {
            return "['__proto__']".to_string();
        }
        let view = atom.atom_view();
        if !enumerable {
            return format!("[{}]", escape(view));
        }
        let name = atom.to_rust_string(agent);
        if is_plain_name(&name) {
            self.style(&name, Style::Name)
        } else {
            self.style(&quote(view), Style::String)
        }
    }

    fn format_accessor(
        &mut self,
        agent: &mut Agent,
        o: Object,
        recurse: i64,
        getter: Value,
        setter: Value,
    ) -> JsResult<String> {
        if getter.is_undefined() {
            let text = if setter.is_undefined() {
                return Ok(self.style("undefined", Style::Undefined));
            } else {
                "[Setter]"
            };
            return Ok(self.style(text, Style::Special));
        }
        let label = if setter.is_undefined() {
            "Getter"
        } else {
            "Getter/Setter"
        };
        let call = match self.options.getters {
            Getters::No => false,
            Getters::All => true,
            Getters::WithoutSetter => setter.is_undefined(),
            Getters::WithSetter => !setter.is_undefined(),
        };
        if !call {
            return Ok(self.style(&format!("[{label}]"), Style::Special));
        }
        match agent.call(getter, o.into(), &[]) {
            Ok(v) if v.is_object() => {
                self.indentation += 2;
                let text = self.format_value(agent, v, recurse, false)?;
                self.indentation -= 2;
                let label = self.style(&format!("[{label}]"), Style::Special);
                Ok(format!("{label} {text}"))
            }
            Ok(v) => {
                self.indentation += 2;
                let text = self.format_primitive(agent, v)?;
                self.indentation -= 2;
                let open = self.style(&format!("[{label}:"), Style::Special);
                Ok(format!("{open} {text}{}", self.style("]", Style::Special)))
            }
            Err(t) => {
                let Some(e) = agent.take_exception() else {
                    return Err(t);
                };
                let message = match e.as_object() {
                    Some(o) => {
                        let key = agent.names.message;
                        get(agent, o, key)?
                    }
                    None => Value::UNDEFINED,
                };
                let message = plain_text(agent, message)?;
                let text = format!("[{label}: <Inspection threw ({message})>]");
                Ok(self.style(&text, Style::Special))
            }
        }
    }

    /// Name of the value's class: None for a null prototype.
    pub(super) fn constructor_name(
        &mut self,
        agent: &mut Agent,
        o: Object,
        recurse: i64,
    ) -> JsResult<Option<String>> {
        agent.check_native_stack()?;
        let key = agent.names.constructor;
        let mut at = Some(o);
        let mut first_proto: Option<Option<Object>> = None;
        while let Some(p) = at {
            if let Some(OwnProperty::Data { value, .. }) = p.get_own_property(agent, key)?
                && let Some(c) = value.as_object().filter(|c| c.is_callable())
            {
                let name = function_name(agent, c);
                if !name.is_empty() && is_instance(agent, o, value) {
                    return Ok(Some(name));
                }
            }
            at = p.get_prototype_of(agent)?;
            if first_proto.is_none() {
                first_proto = Some(at);
            }
        }
        let Some(Some(first)) = first_proto else {
            return Ok(None);
        };
        let class = class_name(o);
        if recurse as f64 > self.options.depth {
            return Ok(Some(format!("{class} <Complex prototype>")));
        }
        Ok(Some(
            match self.constructor_name(agent, first, recurse + 1)? {
                Some(name) => format!("{class} <{name}>"),
                None => {
                    let options = InspectOptions {
                        custom_inspect: false,
                        depth: -1.0,
                        ..self.options.clone()
                    };
                    let text = inspect_value(agent, first.into(), &options)?;
                    format!("{class} <{text}>")
                }
            },
        ))
    }

    /// The own properties to show; `index` ones only on request.
    pub(super) fn keys(&self, agent: &mut Agent, o: Object, index: bool) -> JsResult<Keys> {
        let mut keys = agent.heap.root_vec::<PropertyKey>();
        let plain_array = !index && o.is(CellKind::Array) && o.has_dense_elements();
        if plain_array && !self.options.show_hidden && o.shape(agent).property_count() == 0 {
            return Ok(keys);
        }
        let all = o.own_property_keys(agent)?;
        for &key in all.iter() {
            if !index && key.is_index() {
                continue;
            }
            let shown = self.options.show_hidden
                || o.is(CellKind::ModuleNamespace) && !key.is_symbol()
                || o.get_own_property(agent, key)?
                    .is_some_and(|p| p.enumerable());
            if shown {
                keys.push(key);
            }
        }
        Ok(keys)
    }
}

fn is_instance(agent: &mut Agent, o: Object, c: Value) -> bool {
    match instance_of(agent, o.into(), c) {
        Ok(b) => b,
        Err(_) => {
            agent.take_exception();
            false
        }
    }
}

/// What the value is, whatever its prototype says.
pub(super) fn class_name(o: Object) -> &'static str {
    match CellKind::from_byte(o.kind()) {
        CellKind::Array => "Array",
        CellKind::Function | CellKind::NativeFunction | CellKind::BoundFunction => "Function",
        CellKind::Error => "Error",
        CellKind::Map => "Map",
        CellKind::Set => "Set",
        CellKind::WeakMap => "WeakMap",
        CellKind::WeakSet => "WeakSet",
        CellKind::Promise => "Promise",
        CellKind::Date => "Date",
        CellKind::RegExp => "RegExp",
        CellKind::ArrayBuffer => "ArrayBuffer",
        CellKind::DataView => "DataView",
        _ => "Object",
    }
}

/// Text of a number with -0 as such.
pub(super) fn number_text(agent: &mut Agent, v: Value) -> String {
    let n = v.as_number().unwrap_or(f64::NAN);
    if n == 0.0 && n.is_sign_negative() {
        return "-0".to_string();
    }
    number_to_string(agent, n).to_rust_string(agent)
}

/// `String(v)`: symbols included.
pub(super) fn plain_text(agent: &mut Agent, v: Value) -> JsResult<String> {
    if let Some(s) = v.as_symbol() {
        return Ok(PropertyKey::symbol(s).display(agent));
    }
    Ok(to_string(agent, v)?.to_rust_string(agent))
}

/// An array's length, 0 for other objects.
pub(super) fn array_length(o: Object) -> u64 {
    u64::from(array::length_of(o).unwrap_or(0))
}

/// `options.stylize(text, style)`
fn stylize_function(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let text = plain_text(agent, cx.arg(0))?;
    let name = plain_text(agent, cx.arg(1))?;
    let text = stylize(&text, Style::by_name(&name), cx.data().is_true());
    Ok(agent.new_string(&text).into())
}

/// `util.inspect(value, options)` and `util.inspect(value, showHidden, depth, colors)` as a function.
pub fn inspect_function(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let mut options = InspectOptions::default();
    match cx.arg(1).as_object() {
        Some(o) => options.read(agent, o)?,
        None => {
            if let Some(hidden) = cx.arg(1).as_bool() {
                options.show_hidden = hidden;
            }
            if cx.arg(2).is_null() {
                options.depth = f64::INFINITY;
            } else if let Some(n) = cx.arg(2).as_number() {
                options.depth = n;
            }
            if let Some(colors) = cx.arg(3).as_bool() {
                options.colors = colors;
            }
        }
    }
    let text = inspect_value(agent, cx.arg(0), &options)?;
    Ok(agent.new_string(&text).into())
}
