//! What each kind of object looks like: prefix, braces and the entries that are no properties.

use super::errors::is_error;
use super::inspect::{
    Entry, Extras, Inspector, Keys, array_length, class_name, number_text, plain_text,
};
use super::style::Style;
use sarus_runtime::abstract_ops::{function_name, get, get_str, has_own_property};
use sarus_runtime::builtins::promise::{promise_result, promise_state};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::collections::{
    self, Cursor, IterationKind, iterator_collection, iterator_cursor, iterator_kind,
};
use sarus_runtime::object::promise::PromiseState;
use sarus_runtime::object::weak::weak_entries;
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::{Agent, JsResult, Object, PropertyKey, Value, date_math};

/// How the entries that are no properties are made.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Formatter {
    None,
    Array,
    TypedArray,
    ArrayBuffer,
    Set,
    Map,
    Iterator,
    Promise,
    Weak,
}

/// What an object consists of in print.
pub(super) struct Parts {
    pub(super) base: String,
    pub(super) braces: (String, String),
    pub(super) extras: Extras,
    pub(super) keys: Keys,
    pub(super) formatter: Formatter,
    /// What stands in brackets when the object is too deep.
    pub(super) class: String,
}

/// `Foo(2) [tag] `, `[Foo(2): null prototype] [tag] `
pub(super) fn prefix(constructor: Option<&str>, tag: &str, fallback: &str, size: &str) -> String {
    match constructor {
        None if !tag.is_empty() && fallback != tag => {
            format!("[{fallback}{size}: null prototype] [{tag}] ")
        }
        None => format!("[{fallback}{size}: null prototype] "),
        Some(c) if !tag.is_empty() && c != tag => format!("{c}{size} [{tag}] "),
        Some(c) => format!("{c}{size} "),
    }
}

/// "... 3 more items"
fn more_items(n: f64) -> String {
    let plural = if n > 1.0 { "s" } else { "" };
    format!("... {n} more item{plural}")
}

impl Inspector {
    /// An object that is no proxy.
    pub(super) fn format_raw(
        &mut self,
        agent: &mut Agent,
        o: Object,
        recurse: i64,
        in_typed_array: bool,
    ) -> JsResult<String> {
        let constructor = self.constructor_name(agent, o, recurse)?;
        let c = constructor.as_deref();
        let tag = self.tag(agent, o)?;
        let kind = CellKind::from_byte(o.kind());
        let mut parts = Parts {
            base: String::new(),
            braces: ("{".into(), "}".into()),
            extras: Extras::Object,
            keys: agent.heap.root_vec(),
            formatter: Formatter::None,
            class: match c {
                Some(_) => prefix(c, &tag, "Object", "").trim_end().to_string(),
                None => format!("{}: null prototype", class_name(o)),
            },
        };
        match kind {
            CellKind::Array => {
                let n = array_length(o);
                let head = if c != Some("Array") || !tag.is_empty() {
                    prefix(c, &tag, "Array", &format!("({n})"))
                } else {
                    String::new()
                };
                parts.keys = self.keys(agent, o, false)?;
                parts.braces = (format!("{head}["), "]".into());
                if n == 0 && parts.keys.is_empty() {
                    return Ok(format!("{head}[]"));
                }
                parts.extras = Extras::Array;
                parts.formatter = Formatter::Array;
            }
            CellKind::Set | CellKind::Map => {
                let name = if kind == CellKind::Set { "Set" } else { "Map" };
                let n = collections::size(o);
                let head = prefix(c, &tag, name, &format!("({n})"));
                parts.keys = self.keys(agent, o, true)?;
                if n == 0 && parts.keys.is_empty() {
                    return Ok(format!("{head}{{}}"));
                }
                parts.braces.0 = format!("{head}{{");
                parts.formatter = if kind == CellKind::Set {
                    Formatter::Set
                } else {
                    Formatter::Map
                };
            }
            CellKind::TypedArray => {
                let fallback = typed_array_name(agent, o)?;
                let n = typed_array_length(agent, o)?;
                let head = prefix(c, &tag, &fallback, &format!("({n})"));
                parts.keys = self.keys(agent, o, false)?;
                if n == 0 && parts.keys.is_empty() && !self.options.show_hidden {
                    return Ok(format!("{head}[]"));
                }
                parts.braces = (format!("{head}["), "]".into());
                parts.extras = Extras::Array;
                parts.formatter = Formatter::TypedArray;
            }
            CellKind::MapIterator | CellKind::SetIterator => {
                let name = if kind == CellKind::MapIterator {
                    "Map Iterator"
                } else {
                    "Set Iterator"
                };
                parts.keys = self.keys(agent, o, true)?;
                let tag = match tag.as_str() {
                    t if t == name || t.is_empty() => name.to_string(),
                    t => format!("{t}] [{name}"),
                };
                parts.braces.0 = format!("[{tag}] {{");
                parts.formatter = Formatter::Iterator;
            }
            _ => {
                parts.keys = self.keys(agent, o, true)?;
                if let Some(text) =
                    self.other_kind(agent, o, kind, c, &tag, &mut parts, recurse, in_typed_array)?
                {
                    return Ok(text);
                }
            }
        }
        self.finish_object(agent, o, parts, recurse)
    }

    /// `Symbol.toStringTag` unless it is printed as a property anyway.
    fn tag(&self, agent: &mut Agent, o: Object) -> JsResult<String> {
        let key = PropertyKey::symbol(agent.symbols.to_string_tag);
        let tag = get(agent, o, key)?;
        let Some(s) = tag.as_string().filter(|s| !s.is_empty()) else {
            return Ok(String::new());
        };
        let shown = match o.get_own_property(agent, key)? {
            Some(p) => self.options.show_hidden || p.enumerable(),
            None => false,
        };
        Ok(if shown {
            String::new()
        } else {
            s.to_rust_string(agent)
        })
    }

    /// Objects that are not iterable by nature. Gives the text at once when there is nothing to nest.
    #[allow(clippy::too_many_arguments)]
    fn other_kind(
        &mut self,
        agent: &mut Agent,
        o: Object,
        kind: CellKind,
        c: Option<&str>,
        tag: &str,
        parts: &mut Parts,
        recurse: i64,
        in_typed_array: bool,
    ) -> JsResult<Option<String>> {
        let open = |name: &str| format!("{}{{", prefix(c, tag, name, ""));
        let empty = parts.keys.is_empty();
        match kind {
            CellKind::Arguments | CellKind::MappedArguments if c == Some("Object") => {
                parts.braces.0 = "[Arguments] {".into();
                if empty {
                    return Ok(Some("[Arguments] {}".into()));
                }
            }
            _ if o.is_callable() => {
                parts.base = self.function_base(agent, o, c, tag)?;
                if empty {
                    return Ok(Some(self.style(&parts.base, Style::Special)));
                }
            }
            CellKind::RegExp => {
                parts.base = regexp_text(agent, o)?;
                let head = prefix(c, tag, "RegExp", "");
                if head != "RegExp " {
                    parts.base = format!("{head}{}", parts.base);
                }
                if empty || recurse as f64 > self.options.depth {
                    return Ok(Some(self.style(&parts.base, Style::RegExp)));
                }
            }
            CellKind::Date => {
                parts.base = date_text(o);
                let head = prefix(c, tag, "Date", "");
                if head != "Date " {
                    parts.base = format!("{head}{}", parts.base);
                }
                if empty {
                    return Ok(Some(self.style(&parts.base, Style::Date)));
                }
            }
            _ if is_error(agent, o)? => {
                parts.base = self.format_error(agent, o, c, tag, &mut parts.keys)?;
                if parts.keys.is_empty() {
                    return Ok(Some(parts.base.clone()));
                }
            }
            CellKind::ArrayBuffer => {
                let name = buffer_name(agent, o)?;
                let head = prefix(c, tag, name, "");
                if !in_typed_array {
                    parts.formatter = Formatter::ArrayBuffer;
                } else if empty {
                    let n = get_str(agent, o, "byteLength")?;
                    let n = self.format_value(agent, n, recurse, false)?;
                    return Ok(Some(format!("{head}{{ byteLength: {n} }}")));
                }
                parts.braces.0 = open(name);
                let key = agent.key("byteLength");
                parts.keys.insert(0, key);
            }
            CellKind::DataView => {
                parts.braces.0 = open("DataView");
                for (i, name) in ["byteLength", "byteOffset", "buffer"].iter().enumerate() {
                    let key = agent.key(name);
                    parts.keys.insert(i, key);
                }
            }
            CellKind::Promise => {
                parts.braces.0 = open("Promise");
                parts.formatter = Formatter::Promise;
            }
            CellKind::WeakSet | CellKind::WeakMap => {
                let name = if kind == CellKind::WeakSet {
                    "WeakSet"
                } else {
                    "WeakMap"
                };
                parts.braces.0 = open(name);
                parts.formatter = Formatter::Weak;
            }
            CellKind::ModuleNamespace => {
                parts.braces.0 = open("Module");
                if empty {
                    return Ok(Some(format!("{}}}", parts.braces.0)));
                }
            }
            CellKind::Number
            | CellKind::StringObject
            | CellKind::Boolean
            | CellKind::BigIntObject
            | CellKind::SymbolObject => {
                parts.base = self.boxed_base(agent, o, kind, c, tag, &mut parts.keys)?;
                if parts.keys.is_empty() {
                    return Ok(Some(parts.base.clone()));
                }
            }
            _ if c == Some("Object") => {
                if !tag.is_empty() {
                    parts.braces.0 = open("Object");
                }
                if empty {
                    return Ok(Some(format!("{}}}", parts.braces.0)));
                }
            }
            _ => {
                parts.braces.0 = open("Object");
                if empty {
                    return Ok(Some(format!("{}}}", parts.braces.0)));
                }
            }
        }
        Ok(None)
    }

    fn function_base(
        &mut self,
        agent: &mut Agent,
        o: Object,
        c: Option<&str>,
        tag: &str,
    ) -> JsResult<String> {
        if o.is_class_constructor() {
            return class_base(agent, o, c, tag);
        }
        let (mut is_async, mut generator) = (false, false);
        if let Some(f) = o.as_function() {
            let flags = f.code().block().flags;
            (is_async, generator) = (flags.is_async, flags.generator);
        }
        let kind = format!(
            "{}{}Function",
            if is_async { "Async" } else { "" },
            if generator { "Generator" } else { "" }
        );
        let mut base = format!("[{kind}");
        if c.is_none() {
            base.push_str(" (null prototype)");
        }
        let key = agent.names.name;
        let name = get(agent, o, key)?;
        match name.as_string() {
            Some(s) if s.is_empty() => base.push_str(" (anonymous)"),
            Some(s) => {
                base.push_str(": ");
                base.push_str(&s.to_rust_string(agent));
            }
            None => {
                base.push_str(": ");
                let text = self.format_value(agent, name, i64::MAX / 2, false)?;
                base.push_str(&text);
            }
        }
        base.push(']');
        if let Some(c) = c
            && c != kind
            && c != "Function"
        {
            base.push(' ');
            base.push_str(c);
        }
        if !tag.is_empty() && c != Some(tag) {
            base.push_str(&format!(" [{tag}]"));
        }
        Ok(base)
    }

    fn boxed_base(
        &mut self,
        agent: &mut Agent,
        o: Object,
        kind: CellKind,
        c: Option<&str>,
        tag: &str,
        keys: &mut Keys,
    ) -> JsResult<String> {
        let (name, style) = match kind {
            CellKind::Number => ("Number", Style::Number),
            CellKind::Boolean => ("Boolean", Style::Boolean),
            CellKind::BigIntObject => ("BigInt", Style::BigInt),
            CellKind::SymbolObject => ("Symbol", Style::Symbol),
            _ => ("String", Style::String),
        };
        if kind == CellKind::StringObject {
            // The characters say enough.
            keys.retain(|k| !k.is_index());
        }
        let mut base = format!("[{name}");
        match c {
            None => base.push_str(" (null prototype)"),
            Some(c) if c != name => base.push_str(&format!(" ({c})")),
            _ => {}
        }
        let colors = std::mem::replace(&mut self.options.colors, false);
        let text = self.format_primitive(agent, o.field(0));
        self.options.colors = colors;
        base.push_str(&format!(": {}]", text?));
        if !tag.is_empty() && c != Some(tag) {
            base.push_str(&format!(" [{tag}]"));
        }
        Ok(if keys.is_empty() {
            self.style(&base, style)
        } else {
            base
        })
    }

    /// The entries that are no properties.
    pub(super) fn format_entries(
        &mut self,
        agent: &mut Agent,
        o: Object,
        formatter: Formatter,
        recurse: i64,
        braces: &mut (String, String),
    ) -> JsResult<Vec<String>> {
        match formatter {
            Formatter::None => Ok(Vec::new()),
            Formatter::Array => self.array_entries(agent, o, recurse),
            Formatter::TypedArray => self.typed_array_entries(agent, o, recurse),
            Formatter::ArrayBuffer => self.buffer_entries(agent, o),
            Formatter::Set | Formatter::Map => self.collection_entries(agent, o, recurse),
            Formatter::Iterator => self.iterator_entries(agent, o, recurse, braces),
            Formatter::Promise => {
                let state = promise_state(o);
                if state == PromiseState::Pending {
                    return Ok(vec![self.style("<pending>", Style::Special)]);
                }
                self.indentation += 2;
                let text = self.format_value(agent, promise_result(o), recurse, false)?;
                self.indentation -= 2;
                Ok(vec![if state == PromiseState::Rejected {
                    format!("{} {text}", self.style("<rejected>", Style::Special))
                } else {
                    text
                }])
            }
            Formatter::Weak => self.weak_entries(agent, o, recurse),
        }
    }

    fn array_limit(&self) -> f64 {
        self.options.max_array_length.max(0.0)
    }

    fn array_entries(
        &mut self,
        agent: &mut Agent,
        o: Object,
        recurse: i64,
    ) -> JsResult<Vec<String>> {
        let n = array_length(o);
        let shown = self.array_limit().min(n as f64) as usize;
        let mut output = Vec::new();
        // The index after the last one that was printed or skipped as empty.
        let mut next = 0u64;
        while next < n && output.len() < shown {
            let key = PropertyKey::from_usize(agent, next);
            if has_own_property(agent, o, key)? {
                let text =
                    self.format_property(agent, o, recurse, key, Entry::Element, Extras::Array)?;
                output.push(text);
                next += 1;
                continue;
            }
            let end = next_element(o, next, n);
            output.push(self.empty_items(end - next));
            next = end;
        }
        if next < n {
            output.push(more_items((n - next) as f64));
        }
        Ok(output)
    }

    fn empty_items(&self, n: u64) -> String {
        let plural = if n > 1 { "s" } else { "" };
        self.style(&format!("<{n} empty item{plural}>"), Style::Undefined)
    }

    fn typed_array_entries(
        &mut self,
        agent: &mut Agent,
        o: Object,
        recurse: i64,
    ) -> JsResult<Vec<String>> {
        let n = typed_array_length(agent, o)?;
        let shown = self.array_limit().min(n as f64) as u64;
        let mut output = Vec::new();
        for i in 0..shown {
            let key = PropertyKey::from_usize(agent, i);
            let v = get(agent, o, key)?;
            output.push(self.format_primitive(agent, v)?);
        }
        if shown < n {
            output.push(more_items((n - shown) as f64));
        }
        if self.options.show_hidden {
            self.indentation += 2;
            for name in [
                "BYTES_PER_ELEMENT",
                "length",
                "byteLength",
                "byteOffset",
                "buffer",
            ] {
                let v = get_str(agent, o, name)?;
                let text = self.format_value(agent, v, recurse, true)?;
                output.push(format!("[{name}]: {text}"));
            }
            self.indentation -= 2;
        }
        Ok(output)
    }

    /// The bytes of a buffer, through a view of its own.
    fn buffer_entries(&mut self, agent: &mut Agent, o: Object) -> JsResult<Vec<String>> {
        let constructor = agent.intrinsic(Intrinsic::Uint8Array);
        let Ok(view) = agent.construct(constructor, &[o.into()]) else {
            agent.take_exception();
            return Ok(vec![self.style("(detached)", Style::Special)]);
        };
        let n = typed_array_length(agent, view)?;
        let shown = self.array_limit().min(n as f64) as u64;
        let mut bytes = Vec::new();
        for i in 0..shown {
            let key = PropertyKey::from_usize(agent, i);
            let byte = get(agent, view, key)?.as_int().unwrap_or(0);
            bytes.push(format!("{byte:02x}"));
        }
        let mut text = bytes.join(" ");
        if shown < n {
            let rest = n - shown;
            let plural = if rest > 1 { "s" } else { "" };
            text.push_str(&format!(" ... {rest} more byte{plural}"));
        }
        let label = self.style("[Uint8Contents]", Style::Special);
        Ok(vec![format!("{label}: <{text}>")])
    }

    fn collection_entries(
        &mut self,
        agent: &mut Agent,
        o: Object,
        recurse: i64,
    ) -> JsResult<Vec<String>> {
        let n = collections::size(o);
        let shown = self.array_limit().min(n as f64) as usize;
        let mut output = Vec::new();
        let mut cursor = Cursor::start();
        self.indentation += 2;
        while output.len() < shown
            && let Some((key, value)) = cursor.next(o)
        {
            let mut text = self.format_value(agent, key, recurse, false)?;
            if o.is(CellKind::Map) {
                let value = self.format_value(agent, value, recurse, false)?;
                text = format!("{text} => {value}");
            }
            output.push(text);
        }
        if n > shown {
            output.push(more_items((n - shown) as f64));
        }
        self.indentation -= 2;
        Ok(output)
    }

    fn iterator_entries(
        &mut self,
        agent: &mut Agent,
        o: Object,
        recurse: i64,
        braces: &mut (String, String),
    ) -> JsResult<Vec<String>> {
        let kind = iterator_kind(o);
        if kind == IterationKind::Entries {
            // Iterators of entries are marked as such.
            braces.0 = braces.0.replace(" Iterator] {", " Entries] {");
        }
        let mut entries = Vec::new();
        let mut rest = 0;
        let limit = self.array_limit();
        if let Some(collection) = iterator_collection(o) {
            let mut cursor = iterator_cursor(o);
            let mut list = agent.heap.root_vec::<[Value; 2]>();
            while let Some((k, v)) = cursor.next(collection) {
                if (list.len() as f64) < limit {
                    list.push([k, v]);
                } else {
                    rest += 1;
                }
            }
            self.indentation += 2;
            for &[k, v] in list.iter() {
                let text = match kind {
                    IterationKind::Keys => self.format_value(agent, k, recurse, false)?,
                    IterationKind::Values => self.format_value(agent, v, recurse, false)?,
                    IterationKind::Entries => {
                        let pair = vec![
                            self.format_value(agent, k, recurse, false)?,
                            self.format_value(agent, v, recurse, false)?,
                        ];
                        let braces = ("[".to_string(), "]".to_string());
                        self.reduce_to_single_string(
                            agent,
                            pair,
                            "",
                            &braces,
                            Extras::Array,
                            recurse,
                            None,
                        )?
                    }
                };
                entries.push(text);
            }
            self.indentation -= 2;
        }
        if rest > 0 {
            entries.push(more_items(rest as f64));
        }
        Ok(entries)
    }

    fn weak_entries(
        &mut self,
        agent: &mut Agent,
        o: Object,
        recurse: i64,
    ) -> JsResult<Vec<String>> {
        if !self.options.show_hidden {
            return Ok(vec![self.style("<items unknown>", Style::Special)]);
        }
        let list = weak_entries(agent, o);
        let step = if o.is(CellKind::WeakMap) { 2 } else { 1 };
        let n = list.len() / step;
        let shown = self.array_limit().min(n as f64) as usize;
        let mut output = Vec::new();
        self.indentation += 2;
        for entry in list.chunks_exact(step).take(shown) {
            let mut texts = Vec::new();
            for &v in entry {
                texts.push(self.format_value(agent, v, recurse, false)?);
            }
            output.push(texts.join(" => "));
        }
        // The order of weak entries means nothing.
        output.sort();
        if n > shown {
            output.push(more_items((n - shown) as f64));
        }
        self.indentation -= 2;
        Ok(output)
    }

    /// A binding of a module namespace, which may not be initialized yet.
    pub(super) fn format_namespace_property(
        &mut self,
        agent: &mut Agent,
        o: Object,
        recurse: i64,
        key: PropertyKey,
    ) -> JsResult<String> {
        match self.format_property(agent, o, recurse, key, Entry::Property, Extras::Object) {
            Ok(text) => Ok(text),
            Err(t) => {
                if agent.take_exception().is_none() {
                    return Err(t);
                }
                let name = self.property_name(agent, key, true);
                let text = self.style("<uninitialized>", Style::Special);
                Ok(format!("{name}: {text}"))
            }
        }
    }
}

/// The first index from `from` on that has an element, or the length.
fn next_element(o: Object, from: u64, n: u64) -> u64 {
    if o.has_dense_elements() {
        let end = n.min(o.elements().capacity() as u64);
        let found = (from..end).find(|&i| !o.dense_element(i as u32).is_hole());
        return found.unwrap_or(n);
    }
    let found = o
        .element_indices()
        .into_iter()
        .find(|&i| u64::from(i) >= from);
    found.map_or(n, u64::from)
}

fn class_base(agent: &mut Agent, o: Object, c: Option<&str>, tag: &str) -> JsResult<String> {
    let key = agent.names.name;
    let name = if has_own_property(agent, o, key)? {
        let name = get(agent, o, key)?;
        if name.is_object() {
            String::from("[object]")
        } else {
            plain_text(agent, name)?
        }
    } else {
        String::new()
    };
    let name = if name.is_empty() {
        "(anonymous)"
    } else {
        &name
    };
    let mut base = format!("class {name}");
    if let Some(c) = c
        && c != "Function"
    {
        base.push_str(&format!(" [{c}]"));
    }
    if !tag.is_empty() && c != Some(tag) {
        base.push_str(&format!(" [{tag}]"));
    }
    if c.is_none() {
        base.push_str(" extends null");
    } else if let Some(parent) = o.get_prototype_of(agent)? {
        let name = function_name(agent, parent);
        if !name.is_empty() {
            base.push_str(&format!(" extends {name}"));
        }
    }
    Ok(format!("[{base}]"))
}

fn regexp_text(agent: &mut Agent, o: Object) -> JsResult<String> {
    let key = agent.names.source;
    let source = get(agent, o, key)?;
    let key = agent.names.flags;
    let flags = get(agent, o, key)?;
    Ok(format!(
        "/{}/{}",
        plain_text(agent, source)?,
        plain_text(agent, flags)?
    ))
}

fn date_text(o: Object) -> String {
    let t = o.field(0).as_number().unwrap_or(f64::NAN);
    date_math::to_iso_string(t).unwrap_or_else(|| "Invalid Date".into())
}

/// The name of a typed array's own kind, from the accessor that tells it.
fn typed_array_name(agent: &mut Agent, o: Object) -> JsResult<String> {
    let proto = agent.intrinsic(Intrinsic::TypedArrayPrototype);
    let key = PropertyKey::symbol(agent.symbols.to_string_tag);
    let name = proto.get(agent, key, o.into())?;
    plain_text(agent, name)
}

fn typed_array_length(agent: &mut Agent, o: Object) -> JsResult<u64> {
    let proto = agent.intrinsic(Intrinsic::TypedArrayPrototype);
    let key = agent.names.length;
    let n = proto.get(agent, key, o.into())?;
    Ok(n.as_number().unwrap_or(0.0) as u64)
}

/// Whether a buffer is shared: the length accessor of the one kind throws for the other.
fn buffer_name(agent: &mut Agent, o: Object) -> JsResult<&'static str> {
    let proto = agent.intrinsic(Intrinsic::ArrayBufferPrototype);
    let key = agent.key("byteLength");
    match proto.get(agent, key, o.into()) {
        Ok(_) => Ok("ArrayBuffer"),
        Err(t) => match agent.take_exception() {
            Some(_) => Ok("SharedArrayBuffer"),
            None => Err(t),
        },
    }
}

/// Text of a number for `%d` and its kin.
pub(super) fn plain_number(agent: &mut Agent, n: f64) -> String {
    number_text(agent, Value::number(n))
}
