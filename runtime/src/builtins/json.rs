//! The JSON object (25.5): parsing and its reviver, raw JSON. Serialization is in `json_stringify`.
//!
//! The pull parser of `json_text` checks the grammar; here its events become values on an explicit
//! stack, so that nesting costs no native stack. Objects take the shape of the object built before
//! at the same depth when their keys agree.

use super::json_stringify::stringify;
use super::table::{NamespaceSpec, method, tag};
use crate::abstract_ops::{
    Enumerate, create_data_property, enumerable_own_properties, get, is_array,
    length_of_array_like, same_value, set_integrity_level, to_property_key, to_string,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::json_text::{JsonError, JsonEvent, JsonParser, JsonString, JsonUnit};
use crate::kind::CellKind;
use crate::object::data::NativeData;
use crate::object::ordinary::add_named;
use crate::object::{MAX_INLINE, Object};
use crate::property::{Attributes, PropertyKey};
use crate::realm::Intrinsic;
use crate::shape::{Shape, ShapeMode};
use crate::string::JsString;
use crate::text::{self, StrView};
use crate::value::Value;
use sarus_gc::{Gc, RootVec, Tracer};

/// %JSON%
pub static JSON: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::JSON,
    parent: Some(Intrinsic::ObjectPrototype),
    properties: &[
        method("parse", 2, parse),
        method("stringify", 3, stringify),
        method("rawJSON", 1, raw_json),
        method("isRawJSON", 1, is_raw_json_method),
        tag("JSON"),
    ],
};

/// 25.5.2 JSON.parse ( text [ , reviver ] )
fn parse(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let text = to_string(agent, cx.arg(0))?;
    let reviver = cx.arg(1);
    if !reviver.is_callable() {
        return parse_json(agent, text);
    }
    let mut records = Records::new(agent);
    let value = build(agent, text, Some(&mut records))?;
    let root = agent.new_plain_object();
    let key = PropertyKey::from_str(agent, "");
    create_data_property(agent, root, key, value)?;
    let mut reviving = Reviving {
        text,
        reviver,
        records,
    };
    let record = reviving.records.root();
    reviving.internalize(agent, root, key, record)
}

/// ParseJSON: the value of a text, or a SyntaxError.
pub fn parse_json(agent: &mut Agent, text: JsString) -> JsResult<Value> {
    build(agent, text, None)
}

fn build(agent: &mut Agent, text: JsString, records: Option<&mut Records>) -> JsResult<Value> {
    let view = text.view(agent);
    let result = match view {
        StrView::Latin1(units) => Builder::new(agent, records).run(agent, units),
        StrView::Utf16(units) => Builder::new(agent, records).run(agent, units),
    };
    result.map_err(|e| match e {
        BuildError::Syntax(e) => {
            let message = text::to_utf8_lossy(e.message(view).view());
            agent.syntax_error(message)
        }
        BuildError::Thrown(t) => t,
    })
}

enum BuildError {
    Syntax(JsonError),
    Thrown(Throw),
}

impl From<JsonError> for BuildError {
    fn from(e: JsonError) -> BuildError {
        BuildError::Syntax(e)
    }
}

impl From<Throw> for BuildError {
    fn from(t: Throw) -> BuildError {
        BuildError::Thrown(t)
    }
}

/// An array or object under construction: where its parts begin on the stacks.
#[derive(Copy, Clone)]
struct Frame {
    object: bool,
    values: usize,
    nodes: usize,
}

/// Depths for which the last keys are remembered.
const PREDICTED_DEPTH: usize = 16;
/// Most keys that are remembered.
const PREDICTED_KEYS: usize = 64;

/// Keys and shape of the object that was built last at some depth.
#[derive(Default)]
struct Prediction {
    /// Kept alive by the shape.
    keys: Vec<PropertyKey>,
    shape: Option<Gc<Shape>>,
}

struct Builder<'r> {
    /// Elements of arrays; keys and values of objects in turn.
    values: RootVec<Value>,
    frames: Vec<Frame>,
    predictions: Vec<Prediction>,
    /// Roots of the predictions' shapes.
    shapes: RootVec<Value>,
    nodes: Vec<u32>,
    records: Option<&'r mut Records>,
}

impl<'r> Builder<'r> {
    fn new(agent: &mut Agent, records: Option<&'r mut Records>) -> Builder<'r> {
        Builder {
            values: agent.heap.root_vec(),
            frames: Vec::new(),
            predictions: Vec::new(),
            shapes: agent.heap.root_vec(),
            nodes: Vec::new(),
            records,
        }
    }

    fn run<U: JsonUnit>(&mut self, agent: &mut Agent, units: &[U]) -> Result<Value, BuildError> {
        let mut parser = JsonParser::new(units);
        loop {
            let value = match parser.next_event()? {
                JsonEvent::StartObject => {
                    self.open(true);
                    continue;
                }
                JsonEvent::StartArray => {
                    self.open(false);
                    continue;
                }
                JsonEvent::Key(s) => {
                    let key = self.key(agent, units, s);
                    self.values.push(Value::from_bits(key.bits()));
                    continue;
                }
                JsonEvent::EndObject => {
                    let v = self.end_object(agent)?;
                    self.value(v, None);
                    continue;
                }
                JsonEvent::EndArray => {
                    let v = self.end_array(agent)?;
                    self.value(v, None);
                    continue;
                }
                JsonEvent::String(JsonString::Plain(range)) => {
                    let view = units.get(range).map_or(StrView::Latin1(&[]), U::view);
                    agent.new_from_view(view).into()
                }
                JsonEvent::String(JsonString::Escaped(s)) => agent.new_from_view(s.view()).into(),
                JsonEvent::Number(n) => Value::number(n),
                JsonEvent::Bool(b) => Value::bool(b),
                JsonEvent::Null => Value::NULL,
                JsonEvent::End => return Ok(self.values.pop().unwrap_or(Value::UNDEFINED)),
            };
            let range = parser.last_range();
            self.value(value, Some((range.start as u32, range.end as u32)));
        }
    }

    fn open(&mut self, object: bool) {
        self.frames.push(Frame {
            object,
            values: self.values.len(),
            nodes: self.nodes.len(),
        });
    }

    /// A complete value; `source` is its text when it is a primitive.
    #[inline]
    fn value(&mut self, v: Value, source: Option<(u32, u32)>) {
        if let Some(records) = &mut self.records {
            let key = match self.frames.last() {
                Some(f) if f.object => self.values.last().copied(),
                _ => None,
            };
            match source {
                Some(source) => {
                    let node = records.primitive(v, key, source);
                    self.nodes.push(node);
                }
                // The children were collected when the bracket closed.
                None => {
                    if let Some(&node) = self.nodes.last() {
                        records.set_key(node, key);
                    }
                }
            }
        }
        self.values.push(v);
    }

    fn end_array(&mut self, agent: &mut Agent) -> JsResult<Value> {
        let Some(frame) = self.frames.pop() else {
            return Ok(Value::UNDEFINED);
        };
        let array = agent.new_array_from(&self.values[frame.values..]);
        if agent.fault.is_some() {
            return Err(Throw);
        }
        self.values.truncate(frame.values);
        self.collect_children(frame, array.into());
        Ok(array.into())
    }

    fn collect_children(&mut self, frame: Frame, v: Value) {
        if let Some(records) = &mut self.records {
            let node = records.container(v, &self.nodes[frame.nodes..]);
            self.nodes.truncate(frame.nodes);
            self.nodes.push(node);
        }
    }

    /// The key of a property name, without interning when it is the one that came here last time.
    #[inline]
    fn key<U: JsonUnit>(&mut self, agent: &mut Agent, units: &[U], s: JsonString) -> PropertyKey {
        let range = match s {
            JsonString::Plain(range) => range,
            JsonString::Escaped(s) => return PropertyKey::atom(agent.intern_view(s.view())),
        };
        let view = units.get(range).map_or(StrView::Latin1(&[]), U::view);
        let depth = self.frames.len();
        if let (Some(frame), Some(p)) = (self.frames.last(), self.predictions.get(depth)) {
            let i = (self.values.len() - frame.values) / 2;
            if let Some(atom) = p.keys.get(i).and_then(|k| k.as_atom())
                && atom.atom_view() == view
            {
                return p.keys[i];
            }
        }
        PropertyKey::atom(agent.intern_view(view))
    }

    fn end_object(&mut self, agent: &mut Agent) -> JsResult<Value> {
        let depth = self.frames.len();
        let Some(frame) = self.frames.pop() else {
            return Ok(Value::UNDEFINED);
        };
        let object = match self.predicted_shape(agent, depth, frame.values) {
            Some(shape) => self.fill(agent, shape, frame.values),
            None => self.object_by_steps(agent, frame.values)?,
        };
        self.values.truncate(frame.values);
        self.collect_children(frame, object.into());
        Ok(object.into())
    }

    fn fill(&self, agent: &mut Agent, shape: Gc<Shape>, base: usize) -> Object {
        let o = agent.new_object_with_shape(shape);
        for (slot, pair) in self.values[base..].chunks_exact(2).enumerate() {
            o.store_slot(agent, slot as u32, pair[1]);
        }
        o
    }

    /// The shape whose slots are the values in their order; None when there is no such shape
    /// (duplicate or integer keys, too many properties).
    fn predicted_shape(
        &mut self,
        agent: &mut Agent,
        depth: usize,
        base: usize,
    ) -> Option<Gc<Shape>> {
        let pairs = &self.values[base..];
        let count = pairs.len() / 2;
        if depth < PREDICTED_DEPTH && self.predictions.len() <= depth {
            self.predictions.resize_with(depth + 1, Prediction::default);
            self.shapes.resize(depth + 1, Value::UNDEFINED);
        }
        if let Some(Prediction {
            keys,
            shape: Some(shape),
        }) = self.predictions.get(depth)
            && keys.len() == count
            && pairs
                .chunks_exact(2)
                .zip(keys)
                .all(|(pair, k)| pair[0].bits() == k.bits())
        {
            return Some(*shape);
        }
        let mut keys: Vec<PropertyKey> = Vec::with_capacity(count);
        let proto = agent.intrinsic(Intrinsic::ObjectPrototype);
        let inline = if count == 0 {
            4
        } else {
            count.min(MAX_INLINE as usize) as u8
        };
        let mut shape = agent.root_shape(CellKind::Object, Some(proto), inline);
        for pair in self.values[base..].chunks_exact(2) {
            let key = PropertyKey::from_bits(pair[0].bits());
            if key.is_index() || shape.mode() != ShapeMode::Shared {
                return None;
            }
            let duplicate = if keys.len() <= 8 {
                keys.contains(&key)
            } else {
                shape.lookup(key).is_some()
            };
            if duplicate {
                return None;
            }
            shape = agent.shape_with_property(shape, key, Attributes::ALL)?;
            keys.push(key);
        }
        if count <= PREDICTED_KEYS
            && let Some(p) = self.predictions.get_mut(depth)
        {
            *p = Prediction {
                keys,
                shape: Some(shape),
            };
            self.shapes[depth] = Value::cell(shape);
        }
        Some(shape)
    }

    /// The general case: later duplicates win.
    fn object_by_steps(&self, agent: &mut Agent, base: usize) -> JsResult<Object> {
        let o = agent.new_plain_object();
        for pair in self.values[base..].chunks_exact(2) {
            let key = PropertyKey::from_bits(pair[0].bits());
            match key.as_index() {
                Some(i) => o.put_element(agent, i, pair[1])?,
                None => match o.shape(agent).lookup(key) {
                    Some(e) => o.store_existing_slot(agent, e.slot, pair[1]),
                    None => add_named(agent, o, key, pair[1], Attributes::ALL),
                },
            }
        }
        Ok(o)
    }
}

/// A JSON Parse Record: what a value was made from.
#[derive(Copy, Clone)]
struct Node {
    /// Source text of a primitive.
    source: (u32, u32),
    /// Parts of an array or object, in `Records::children`.
    children: (u32, u32),
}

/// All parse records of a text, in one arena.
struct Records {
    nodes: Vec<Node>,
    children: Vec<u32>,
    /// Value and key of each node.
    values: RootVec<[Value; 2]>,
}

impl Records {
    fn new(agent: &mut Agent) -> Records {
        Records {
            nodes: Vec::new(),
            children: Vec::new(),
            values: agent.heap.root_vec(),
        }
    }
    fn add(&mut self, v: Value, key: Option<Value>, node: Node) -> u32 {
        self.nodes.push(node);
        self.values.push([v, key.unwrap_or(Value::UNDEFINED)]);
        (self.nodes.len() - 1) as u32
    }
    fn primitive(&mut self, v: Value, key: Option<Value>, source: (u32, u32)) -> u32 {
        self.add(
            v,
            key,
            Node {
                source,
                children: (0, 0),
            },
        )
    }
    fn container(&mut self, v: Value, children: &[u32]) -> u32 {
        let start = self.children.len() as u32;
        self.children.extend_from_slice(children);
        let children = (start, self.children.len() as u32);
        self.add(
            v,
            None,
            Node {
                source: (0, 0),
                children,
            },
        )
    }
    fn set_key(&mut self, node: u32, key: Option<Value>) {
        if let Some(slot) = self.values.get_mut(node as usize) {
            slot[1] = key.unwrap_or(Value::UNDEFINED);
        }
    }
    /// The record of the whole text: it was completed last.
    fn root(&self) -> Option<u32> {
        self.nodes.len().checked_sub(1).map(|n| n as u32)
    }
    fn children(&self, node: u32) -> &[u32] {
        match self.nodes.get(node as usize) {
            Some(n) => &self.children[n.children.0 as usize..n.children.1 as usize],
            None => &[],
        }
    }
    /// The record of an element.
    fn element(&self, node: Option<u32>, i: u64) -> Option<u32> {
        self.children(node?).get(i as usize).copied()
    }
    /// The records of an object's entries by key; later ones replace earlier ones.
    fn entries(&self, node: Option<u32>) -> rustc_hash::FxHashMap<u64, u32> {
        node.map(|n| self.children(n))
            .unwrap_or(&[])
            .iter()
            .map(|&c| (self.values[c as usize][1].bits(), c))
            .collect()
    }
}

/// A run of InternalizeJSONProperty.
struct Reviving {
    text: JsString,
    reviver: Value,
    records: Records,
}

impl Reviving {
    /// 25.5.2.4 InternalizeJSONProperty
    fn internalize(
        &mut self,
        agent: &mut Agent,
        holder: Object,
        name: PropertyKey,
        record: Option<u32>,
    ) -> JsResult<Value> {
        agent.check_native_stack()?;
        let v = get(agent, holder, name)?;
        let context = agent.new_plain_object();
        let record = match record {
            Some(r) if same_value(agent, self.records.values[r as usize][0], v) => Some(r),
            _ => None,
        };
        match (v.as_object(), record) {
            (None, Some(r)) => self.add_source(agent, context, r)?,
            (None, None) => {}
            (Some(o), _) if is_array(agent, v)? => {
                let len = length_of_array_like(agent, o)?;
                for i in 0..len {
                    let key = PropertyKey::from_usize(agent, i);
                    let element = self.records.element(record, i);
                    self.revive(agent, o, key, element)?;
                }
            }
            (Some(o), _) => {
                let entries = self.records.entries(record);
                let keys = enumerable_own_properties(agent, o, Enumerate::Keys)?;
                for &key in keys.iter() {
                    let key = to_property_key(agent, key)?;
                    let entry = entries.get(&key.bits()).copied();
                    self.revive(agent, o, key, entry)?;
                }
            }
        }
        let name = name.to_value(agent);
        agent.call(self.reviver, holder.into(), &[name, v, context.into()])
    }

    fn add_source(&self, agent: &mut Agent, context: Object, record: u32) -> JsResult<()> {
        let (start, end) = self.records.nodes[record as usize].source;
        let (start, end) = (start as usize, end as usize);
        if start <= end && end <= self.text.len() {
            let source = agent.substring(self.text, start, end);
            let key = agent.names.source;
            create_data_property(agent, context, key, source.into())?;
        }
        Ok(())
    }

    fn revive(
        &mut self,
        agent: &mut Agent,
        o: Object,
        key: PropertyKey,
        record: Option<u32>,
    ) -> JsResult<()> {
        let v = self.internalize(agent, o, key, record)?;
        if v.is_undefined() {
            o.delete(agent, key)?;
        } else {
            create_data_property(agent, o, key, v)?;
        }
        Ok(())
    }
}

/// [[IsRawJSON]]
struct RawJson;

impl NativeData for RawJson {
    fn trace(&self, _: &mut Tracer) {}
}

/// True for an object that `JSON.rawJSON` made.
pub(super) fn is_raw_json(o: Object) -> bool {
    o.data::<RawJson>().is_some()
}

/// JSON.isRawJSON ( O )
fn is_raw_json_method(_: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(cx.arg(0).as_object().is_some_and(is_raw_json).into())
}

/// JSON.rawJSON ( text )
fn raw_json(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = to_string(agent, cx.arg(0))?;
    let view = s.view(agent);
    let bad = |unit: Option<u16>| matches!(unit, None | Some(0x09 | 0x0A | 0x0D | 0x20));
    let first = view.get(0);
    if bad(first)
        || bad(view.len().checked_sub(1).and_then(|i| view.get(i)))
        || matches!(first, Some(0x5B | 0x7B))
    {
        return Err(agent.syntax_error("Invalid value for JSON.rawJSON"));
    }
    parse_json(agent, s)?;
    let o = agent.new_data_object(None, Box::new(RawJson));
    let key = agent.key("rawJSON");
    create_data_property(agent, o, key, s.into())?;
    set_integrity_level(agent, o, crate::abstract_ops::IntegrityLevel::Frozen)?;
    Ok(o.into())
}
