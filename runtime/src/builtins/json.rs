//! The JSON object (25.5): parsing and its reviver, raw JSON. Serialization is in `json_stringify`.
//!
//! `json_build` makes values of a text; here is what is done with them.

use super::json_build::build;
use super::json_stringify::stringify;
use super::table::{NamespaceSpec, method, tag};
use crate::abstract_ops::{
    Enumerate, create_data_property, enumerable_own_properties, get, is_array,
    length_of_array_like, same_value, set_integrity_level, to_property_key, to_string,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::Object;
use crate::object::data::NativeData;
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::string::JsString;
use crate::value::Value;
use sarus_gc::{RootVec, Tracer};

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

/// A JSON Parse Record: what a value was made from.
#[derive(Copy, Clone)]
struct Node {
    /// Source text of a primitive.
    source: (u32, u32),
    /// Parts of an array or object, in `Records::children`.
    children: (u32, u32),
}

/// All parse records of a text, in one arena.
pub(super) struct Records {
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
    pub(super) fn primitive(&mut self, v: Value, key: Option<Value>, source: (u32, u32)) -> u32 {
        self.add(
            v,
            key,
            Node {
                source,
                children: (0, 0),
            },
        )
    }
    pub(super) fn container(&mut self, v: Value, children: &[u32]) -> u32 {
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
    pub(super) fn set_key(&mut self, node: u32, key: Option<Value>) {
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
