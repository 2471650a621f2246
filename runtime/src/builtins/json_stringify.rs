//! JSON.stringify (25.5.4).
//!
//! Objects whose shape is shared are walked along the shape; everything else goes through the
//! internal methods. Nesting uses the native stack and is bounded by its limit.

use super::json::is_raw_json;
use super::json_plan::{Plan, Plans, push_name};
use crate::abstract_ops::{
    constructor_name, create_data_property, get, get_v, is_array, length_of_array_like, to_number,
    to_string,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::json_text::{BLOCK, JsonText};
use crate::kind::CellKind;
use crate::numeric;
use crate::object::Object;
use crate::property::PropertyKey;
use crate::shape::{Shape, ShapeMode};
use crate::string::MAX_STRING_LENGTH;
use crate::text::{StrBuf, StrBuilder};
use crate::value::Value;
use rustc_hash::FxHashSet;
use sarus_gc::{Gc, RootVec};
use std::rc::Rc;

/// 25.5.4 JSON.stringify ( value [ , replacer [ , space ] ] )
pub(super) fn stringify(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    stringify_value(agent, cx.arg(0), cx.arg(1), cx.arg(2))
}

/// JSON.stringify as an operation: a string or `undefined`.
pub fn stringify_value(
    agent: &mut Agent,
    value: Value,
    replacer: Value,
    space: Value,
) -> JsResult<Value> {
    if replacer.is_undefined()
        && space.is_undefined()
        && let Some(text) = simple_text(agent, value)
    {
        return Ok(text);
    }
    let mut s = Serializer {
        out: std::mem::take(&mut agent.json_text),
        replacer: Value::UNDEFINED,
        keys: None,
        gap: StrBuf::default(),
        depth: 0,
        stack: agent.heap.root_vec(),
        deep: FxHashSet::default(),
        plans: Plans::new(),
        breaks: Vec::new(),
    };
    if replacer.is_callable() {
        s.replacer = replacer;
    } else if replacer.is_object() && is_array(agent, replacer)? {
        s.keys = Some(Rc::new(property_list(agent, replacer)?));
    }
    s.gap = gap(agent, space)?;
    let key = PropertyKey::atom(agent.empty_string());
    let holder = if s.replacer.is_undefined() {
        None
    } else {
        let wrapper = agent.new_plain_object();
        create_data_property(agent, wrapper, key, value)?;
        Some(wrapper)
    };
    let value = s.prepare(agent, holder, key, value)?;
    if !is_serializable(value) {
        return Ok(Value::UNDEFINED);
    }
    s.write(agent, key, value)?;
    agent.check_string_length(s.out.len())?;
    let text = agent.new_json_string(&s.out);
    s.out.clear();
    agent.json_text = s.out;
    Ok(text.into())
}

/// The text of a value that is neither an object nor a bigint, nor a string with many units: nobody is asked for it.
fn simple_text(agent: &mut Agent, v: Value) -> Option<Value> {
    if let Some(s) = v.as_string() {
        if s.len() > MAX_SIMPLE_TEXT {
            return None;
        }
        let mut out = std::mem::take(&mut agent.json_text);
        out.push_quoted(s.view(agent));
        let text = agent.new_json_string(&out);
        out.clear();
        agent.json_text = out;
        return Some(text.into());
    }
    if let Some(i) = v.as_int() {
        return Some(agent.int_string(i).into());
    }
    if let Some(b) = v.as_bool() {
        let text = match b {
            true => agent.names.true_,
            false => agent.names.false_,
        };
        return Some(text.cell_value());
    }
    v.is_null().then(|| agent.names.null.cell_value())
}

/// The most units of a string whose quoted text cannot be too long.
const MAX_SIMPLE_TEXT: usize = 1 << 16;

/// The keys of a replacer array, without duplicates.
fn property_list(agent: &mut Agent, replacer: Value) -> JsResult<RootVec<PropertyKey>> {
    let mut list = agent.heap.root_vec::<PropertyKey>();
    let Some(array) = replacer.as_object() else {
        return Ok(list);
    };
    let len = length_of_array_like(agent, array)?;
    for i in 0..len {
        let key = PropertyKey::from_usize(agent, i);
        let v = get(agent, array, key)?;
        let named = v.is_string()
            || v.is_number()
            || v.as_object()
                .is_some_and(|o| o.is(CellKind::StringObject) || o.is(CellKind::Number));
        if !named {
            continue;
        }
        let s = to_string(agent, v)?;
        let key = PropertyKey::string(agent, s);
        if !list.contains(&key) {
            list.push(key);
        }
    }
    Ok(list)
}

/// What `space` asks for: up to ten units.
fn gap(agent: &mut Agent, space: Value) -> JsResult<StrBuf> {
    let mut space = space;
    if let Some(o) = space.as_object() {
        if o.is(CellKind::Number) {
            space = Value::number(to_number(agent, space)?);
        } else if o.is(CellKind::StringObject) {
            space = to_string(agent, space)?.into();
        }
    }
    let mut out = StrBuilder::new();
    if let Some(n) = space.as_number() {
        let n = numeric::to_integer_or_infinity(n).clamp(0.0, 10.0) as usize;
        out.push_latin1(&b"          "[..n]);
    } else if let Some(s) = space.as_string() {
        out.push_view(s.view(agent).slice(0, s.len().min(10)));
    }
    Ok(out.finish())
}

/// False for what is left out of objects and is `null` in arrays.
fn is_serializable(v: Value) -> bool {
    !(v.is_undefined() || v.is_symbol() || v.is_callable())
}

struct Serializer {
    /// Borrowed from the agent, so that its memory is used again.
    out: JsonText,
    replacer: Value,
    /// What the replacer array lists; shared with the levels under way.
    keys: Option<Rc<RootVec<PropertyKey>>>,
    gap: StrBuf,
    depth: usize,
    /// The objects being serialized, each with the key it was reached by.
    stack: RootVec<[Value; 2]>,
    /// Those of them beyond the first few, so that nesting costs no search of all levels at each.
    deep: FxHashSet<u64>,
    plans: Plans,
    /// A comma, a line break and the indentation of the deepest level so far, if the gap has one byte per unit.
    breaks: Vec<u8>,
}

/// Levels that are searched one by one.
const SHALLOW: usize = 16;

impl Serializer {
    /// 25.5.4.2 SerializeJSONProperty, steps 2 to 4: what is to be serialized in place of `value`.
    /// `holder` is needed when there is a replacer function.
    #[inline]
    fn prepare(
        &mut self,
        agent: &mut Agent,
        holder: Option<Object>,
        key: PropertyKey,
        value: Value,
    ) -> JsResult<Value> {
        if self.is_simple(value) {
            return Ok(value);
        }
        self.prepare_slow(agent, holder, key, value)
    }

    /// Whether a value is serialized as it is, without asking anybody.
    #[inline]
    fn is_simple(&self, value: Value) -> bool {
        (!value.is_cell() || value.is_string()) && self.replacer.is_undefined()
    }

    fn prepare_slow(
        &mut self,
        agent: &mut Agent,
        holder: Option<Object>,
        key: PropertyKey,
        value: Value,
    ) -> JsResult<Value> {
        let mut v = value;
        let asks = match v.as_object() {
            Some(o) => !self.plans.inherits_no_to_json(agent, o),
            None => v.is_bigint(),
        };
        if asks {
            let to_json_key = agent.names.toJSON;
            let to_json = get_v(agent, v, to_json_key)?;
            if to_json.is_callable() {
                let name = key.to_value(agent);
                v = agent.call(to_json, v, &[name])?;
            }
        }
        if !self.replacer.is_undefined() {
            let holder = holder.map_or(Value::UNDEFINED, Value::from);
            let name = key.to_value(agent);
            v = agent.call(self.replacer, holder, &[name, v])?;
        }
        let Some(o) = v.as_object() else {
            return Ok(v);
        };
        if o.is(CellKind::Number) {
            v = Value::number(to_number(agent, v)?);
        } else if o.is(CellKind::StringObject) {
            v = to_string(agent, v)?.into();
        } else if o.is(CellKind::Boolean) || o.is(CellKind::BigIntObject) {
            v = o.field(0);
        }
        Ok(v)
    }

    /// The rest of SerializeJSONProperty for a serializable value.
    #[inline]
    fn write(&mut self, agent: &mut Agent, key: PropertyKey, v: Value) -> JsResult<()> {
        if let Some(n) = v.as_int() {
            self.out.push_int(n);
            return Ok(());
        }
        if let Some(s) = v.as_string() {
            self.out.push_quoted(s.view(agent));
            return self.check_length(agent);
        }
        self.write_other(agent, key, v)
    }

    fn write_other(&mut self, agent: &mut Agent, key: PropertyKey, v: Value) -> JsResult<()> {
        if let Some(o) = v.as_object() {
            return self.write_object_value(agent, key, o);
        }
        let text: &[u8] = match (v.as_number(), v.as_bool()) {
            (Some(n), _) if n.is_finite() => {
                let mut buffer = numeric::NumberBuffer::new();
                self.out.push_bytes(buffer.format(n).as_bytes());
                return Ok(());
            }
            (_, Some(true)) => b"true",
            (_, Some(false)) => b"false",
            _ if v.is_bigint() => {
                return Err(agent.type_error("Do not know how to serialize a BigInt"));
            }
            _ => b"null",
        };
        self.out.push_bytes(text);
        Ok(())
    }

    fn check_length(&self, agent: &mut Agent) -> JsResult<()> {
        if self.out.len() > MAX_STRING_LENGTH {
            return Err(agent.invalid_string_length());
        }
        Ok(())
    }

    fn write_object_value(
        &mut self,
        agent: &mut Agent,
        key: PropertyKey,
        o: Object,
    ) -> JsResult<()> {
        agent.check_native_stack()?;
        if is_raw_json(o) {
            let raw = agent.key("rawJSON");
            let raw = get(agent, o, raw)?;
            if let Some(s) = raw.as_string() {
                self.out.push_view(s.view(agent));
            }
            return Ok(());
        }
        if let Some(start) = self.under_way(o) {
            return Err(self.circular(agent, start, key));
        }
        if self.stack.len() >= SHALLOW {
            self.deep.insert(Value::from(o).bits());
        }
        self.stack.push([o.into(), Value::from_bits(key.bits())]);
        self.depth += 1;
        if is_array(agent, o.into())? {
            self.write_array(agent, o)?;
        } else {
            self.write_object(agent, o)?;
        }
        self.stack.pop();
        if self.stack.len() >= SHALLOW {
            self.deep.remove(&Value::from(o).bits());
        }
        self.check_length(agent)
    }

    /// Where the object is among those being serialized.
    #[inline]
    fn under_way(&self, o: Object) -> Option<usize> {
        let is_it = |e: &[Value; 2]| e[0] == o.into();
        let shallow = self.stack.iter().take(SHALLOW).position(is_it);
        if shallow.is_some() || !self.deep.contains(&Value::from(o).bits()) {
            return shallow;
        }
        self.stack.iter().position(is_it)
    }

    /// What stands between two parts: a comma, and a line break with the indentation if there is a gap.
    #[inline]
    fn separator(&mut self) {
        match self.gap {
            StrBuf::Latin1(ref gap) if gap.is_empty() => self.out.push_byte(b','),
            _ => self.line(true),
        }
    }

    /// A line break and the indentation, perhaps after a comma.
    fn line(&mut self, comma: bool) {
        let from = usize::from(!comma);
        let StrBuf::Latin1(gap) = &self.gap else {
            self.out.push_bytes(&b",\n"[from..]);
            for _ in 0..self.depth {
                self.out.push_view(self.gap.view());
            }
            return;
        };
        let length = 2 + self.depth * gap.len();
        if self.breaks.is_empty() {
            self.breaks.extend_from_slice(b",\n");
        }
        while self.breaks.len() < length.max(BLOCK + 1) {
            self.breaks.extend_from_slice(gap);
        }
        match self.breaks[from..].first_chunk() {
            Some(block) if length - from <= BLOCK => self.out.push_block(block, length - from),
            _ => self.out.push_bytes(&self.breaks[from..length]),
        }
    }

    /// Ends an array or object whose first byte is at `start`: the comma of its first part becomes the bracket.
    #[inline]
    fn close(&mut self, start: usize, brackets: [u8; 2]) {
        self.depth -= 1;
        if self.out.next_byte() == start {
            return self.out.push_bytes(&brackets);
        }
        self.out.set_byte(start, brackets[0]);
        if !self.gap.is_empty() {
            self.line(false);
        }
        self.out.push_byte(brackets[1]);
    }

    /// 25.5.4.6 SerializeJSONArray
    fn write_array(&mut self, agent: &mut Agent, o: Object) -> JsResult<()> {
        let len = length_of_array_like(agent, o)?;
        let start = self.out.next_byte();
        let plain = o.is(CellKind::Array);
        for i in 0..len {
            self.separator();
            let fast = match u32::try_from(i) {
                Ok(i) if plain => o.dense_element(i),
                _ => Value::HOLE,
            };
            if let Some(n) = fast.as_int().filter(|_| self.replacer.is_undefined()) {
                self.out.push_int(n);
                continue;
            }
            let key = PropertyKey::from_usize(agent, i);
            let v = if fast.is_hole() {
                get(agent, o, key)?
            } else {
                fast
            };
            let v = self.prepare(agent, Some(o), key, v)?;
            if is_serializable(v) {
                self.write(agent, key, v)?;
            } else {
                self.out.push_bytes(b"null");
                self.check_length(agent)?;
            }
        }
        self.close(start, *b"[]");
        Ok(())
    }

    /// 25.5.4.5 SerializeJSONObject
    fn write_object(&mut self, agent: &mut Agent, o: Object) -> JsResult<()> {
        let start = self.out.next_byte();
        let shape = o.shape(agent);
        if let Some(keys) = self.keys.clone() {
            self.write_keys(agent, o, &keys)?;
        } else if o.is(CellKind::Object) && shape.mode() == ShapeMode::Shared && o.has_no_elements()
        {
            match self.plans.of(shape, !self.gap.is_empty()) {
                Some(plan) => self.write_planned(agent, o, &plan)?,
                None => self.write_along(agent, o, shape)?,
            }
        } else {
            let keys = enumerable_keys(agent, o)?;
            self.write_keys(agent, o, &keys)?;
        }
        self.close(start, *b"{}");
        Ok(())
    }

    /// The members of an object whose shape is shared.
    fn write_along(&mut self, agent: &mut Agent, o: Object, shape: Gc<Shape>) -> JsResult<()> {
        for i in 0..shape.entry_count() {
            let Some(e) = shape.entry_at(i) else { break };
            if e.key.is_symbol() || !e.attributes.enumerable() {
                continue;
            }
            // A getter or toJSON may have changed the object meanwhile.
            let v = if o.shape_id() == shape.id() && !e.attributes.is_accessor() {
                o.load_slot(e.slot)
            } else {
                get(agent, o, e.key)?
            };
            self.write_member(agent, o, e.key, v)?;
        }
        Ok(())
    }

    /// The members of an object whose shape has a plan.
    fn write_planned(&mut self, agent: &mut Agent, o: Object, plan: &Plan) -> JsResult<()> {
        let gap = !self.gap.is_empty();
        for member in plan.members() {
            // A getter or toJSON may have changed the object meanwhile.
            let mut v = match member.slot {
                Some(slot) if o.shape_id() == plan.shape_id() => o.load_slot(slot),
                _ => get(agent, o, member.key)?,
            };
            if !self.is_simple(v) {
                v = self.prepare_slow(agent, Some(o), member.key, v)?;
                if !is_serializable(v) {
                    continue;
                }
            } else if v.is_undefined() {
                continue;
            }
            if gap {
                self.line(true);
            }
            member.push_name(&mut self.out, gap);
            self.write(agent, member.key, v)?;
        }
        Ok(())
    }

    fn write_keys(&mut self, agent: &mut Agent, o: Object, keys: &[PropertyKey]) -> JsResult<()> {
        for &key in keys {
            let v = get(agent, o, key)?;
            self.write_member(agent, o, key, v)?;
        }
        Ok(())
    }

    fn write_member(
        &mut self,
        agent: &mut Agent,
        o: Object,
        key: PropertyKey,
        v: Value,
    ) -> JsResult<()> {
        let v = self.prepare(agent, Some(o), key, v)?;
        if !is_serializable(v) {
            return Ok(());
        }
        let gap = !self.gap.is_empty();
        if gap {
            self.line(true);
        }
        push_name(&mut self.out, key, gap);
        self.write(agent, key, v)
    }

    /// The TypeError for a cycle that begins at `start` of the stack and is closed by `key`.
    #[cold]
    fn circular(&self, agent: &mut Agent, start: usize, key: PropertyKey) -> Throw {
        /// Objects before and after the ellipsis.
        const PREFIX: usize = 3;
        const POSTFIX: usize = 1;
        let mut text = String::from("Converting circular structure to JSON");
        text.push_str("\n    --> starting at object with constructor ");
        text.push_str(&self.class_at(agent, start));
        let len = self.stack.len();
        let prefix_end = len.min(start + PREFIX);
        let line = |agent: &mut Agent, i: usize| {
            let key = PropertyKey::from_bits(self.stack[i][1].bits());
            format!(
                "\n    |     {} -> object with constructor {}",
                key_text(agent, key),
                self.class_at(agent, i)
            )
        };
        for i in start + 1..prefix_end {
            text.push_str(&line(agent, i));
        }
        if len > prefix_end + POSTFIX {
            text.push_str("\n    |     ...");
        }
        for i in prefix_end.max(len - POSTFIX)..len {
            text.push_str(&line(agent, i));
        }
        text.push_str("\n    --- ");
        text.push_str(&key_text(agent, key));
        text.push_str(" closes the circle");
        agent.type_error(text)
    }

    fn class_at(&self, agent: &mut Agent, i: usize) -> String {
        match self.stack[i][0].as_object() {
            Some(o) => format!("'{}'", constructor_name(agent, o)),
            None => String::new(),
        }
    }
}

fn key_text(agent: &mut Agent, key: PropertyKey) -> String {
    match key.as_index() {
        Some(i) => format!("index {i}"),
        None => format!("property '{}'", key.display(agent)),
    }
}

/// EnumerableOwnProperties with kind key, as property keys.
fn enumerable_keys(agent: &mut Agent, o: Object) -> JsResult<RootVec<PropertyKey>> {
    let keys = o.own_property_keys(agent)?;
    let mut list = agent.heap.root_vec::<PropertyKey>();
    for &key in keys.iter() {
        if key.is_symbol() {
            continue;
        }
        if let Some(p) = o.get_own_property(agent, key)?
            && p.enumerable()
        {
            list.push(key);
        }
    }
    Ok(list)
}
