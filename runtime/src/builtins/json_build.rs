//! What JSON.parse makes of a text.
//!
//! Values wait on an explicit stack until their container ends, so that nesting costs no native stack. Texts repeat
//! themselves: each place of a text (the elements of some array, the values of some key of some object) remembers the keys of
//! the last object there. As long as the keys of the next one are the same, they are compared where they stand, quotes and
//! colon included, and the object has the shape of the last one.

use super::json::Records;
use crate::agent::Agent;
use crate::error::{JsResult, Throw};
use crate::json_text::{
    JsonError, JsonNumber, JsonScalar, JsonSink, JsonString, JsonUnit, is_special, parse_json_text,
};
use crate::kind::CellKind;
use crate::object::ordinary::add_named;
use crate::object::{MAX_INLINE, Object};
use crate::property::{Attributes, PropertyKey};
use crate::realm::Intrinsic;
use crate::shape::{Shape, ShapeMode};
use crate::string::JsString;
use crate::text::{self, StrView};
use crate::value::Value;
use sarus_gc::{Gc, RootVec};
use std::ops::Range;

/// The value of a text, or a SyntaxError. The records, if there are any, tell what each part of it was made from.
pub(super) fn build(
    agent: &mut Agent,
    text: JsString,
    records: Option<&mut Records>,
) -> JsResult<Value> {
    let view = text.view(agent);
    let result = match view {
        StrView::Latin1(units) => Builder::new(agent, records).run(units),
        StrView::Utf16(units) => Builder::new(agent, records).run(units),
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
    /// All keys so far are those that the place remembers, and are not on the stack.
    expected: bool,
    /// How many keys there are, of an object.
    count: u32,
    place: Option<PlaceId>,
    values: usize,
    keys: usize,
    nodes: usize,
}

/// Most places that are remembered.
const MAX_PLACES: usize = 64;
/// Most keys of an object that are remembered.
const MAX_KEYS: usize = 64;
/// Atoms that are remembered, by length and ends of their text; a power of two.
const RECENT_ATOMS: usize = 64;
/// Shapes that are remembered, by number of keys and the last one; a power of two.
const RECENT_SHAPES: usize = 8;

type PlaceId = u8;

/// What is known of a place.
struct Place<U> {
    /// The keys of the last object, which its shape keeps alive; none if there was no object yet.
    keys: Vec<PropertyKey>,
    /// The keys as they stand in the text, with quotes and colon.
    text: Vec<U>,
    /// Where each of them ends.
    ends: Vec<u32>,
    shape: Option<Gc<Shape>>,
    /// The places of the values, by number of the key; the first is that of the elements of an array.
    inner: Vec<Option<PlaceId>>,
}

impl<U> Place<U> {
    fn new() -> Place<U> {
        Place {
            keys: Vec::new(),
            text: Vec::new(),
            ends: Vec::new(),
            shape: None,
            inner: Vec::new(),
        }
    }
}

struct Builder<'a, U> {
    agent: &'a mut Agent,
    /// Elements of arrays and values of objects.
    values: RootVec<Value>,
    /// Keys of objects that are not as expected.
    keys: RootVec<PropertyKey>,
    frames: Vec<Frame>,
    places: Vec<Place<U>>,
    /// Roots of the places' shapes.
    shapes: RootVec<Value>,
    /// On the native stack, as all of the builder but what its vectors hold, and so roots.
    recent_atoms: [Option<JsString>; RECENT_ATOMS],
    recent_shapes: [Option<Gc<Shape>>; RECENT_SHAPES],
    nodes: Vec<u32>,
    records: Option<&'a mut Records>,
}

impl<'a, U: JsonUnit> Builder<'a, U> {
    fn new(agent: &'a mut Agent, records: Option<&'a mut Records>) -> Builder<'a, U> {
        Builder {
            values: agent.heap.root_vec(),
            keys: agent.heap.root_vec(),
            frames: Vec::new(),
            places: Vec::new(),
            shapes: agent.heap.root_vec(),
            recent_atoms: [None; RECENT_ATOMS],
            recent_shapes: [None; RECENT_SHAPES],
            nodes: Vec::new(),
            records,
            agent,
        }
    }

    fn run(mut self, units: &[U]) -> Result<Value, BuildError> {
        parse_json_text(units, &mut self)?;
        Ok(self.values.pop().unwrap_or(Value::UNDEFINED))
    }

    /// The place of a container that starts now.
    fn inner_place(&mut self) -> Option<PlaceId> {
        let free = self.places.len();
        let slot = match self.frames.last() {
            Some(outer) => {
                let at = outer.count.saturating_sub(1) as usize;
                let inner = &mut self.places[usize::from(outer.place?)].inner;
                if at >= inner.len() {
                    if at >= MAX_KEYS {
                        return None;
                    }
                    inner.resize(at + 1, None);
                }
                &mut inner[at]
            }
            None => &mut None,
        };
        if slot.is_none() && free < MAX_PLACES {
            *slot = Some(free as PlaceId);
        }
        let place = *slot;
        if place.is_some_and(|p| usize::from(p) == free) {
            self.places.push(Place::new());
            self.shapes.push(Value::UNDEFINED);
        }
        place
    }

    /// The key of the value that comes next or has just come, of an object.
    fn current_key(&self) -> Option<Value> {
        let frame = self.frames.last().filter(|f| f.object)?;
        let key = match frame.place {
            Some(place) if frame.expected => {
                self.places[usize::from(place)].keys[frame.count as usize - 1]
            }
            _ => *self.keys.last()?,
        };
        Some(Value::from_bits(key.bits()))
    }

    /// Puts the keys that were as expected on the stack, since the next one is not.
    #[inline(never)]
    fn give_up_expectations(&mut self) {
        if let Some(frame) = self.frames.last_mut()
            && let Some(place) = frame.place
        {
            frame.expected = false;
            let keys = &self.places[usize::from(place)].keys;
            for key in &keys[..frame.count as usize] {
                self.keys.push(*key);
            }
        }
    }

    /// The atom of a property name, which is often one of the last ones.
    fn atom(&mut self, view: StrView<'_>) -> JsString {
        let (length, last) = (view.len(), view.len().wrapping_sub(1));
        let ends = view.get(0).unwrap_or(0) ^ view.get(last).unwrap_or(0) << 3;
        let at = (usize::from(ends) ^ length << 2) % RECENT_ATOMS;
        if let Some(atom) = self.recent_atoms[at]
            && atom.atom_view() == view
        {
            return atom;
        }
        let atom = self.agent.intern_view(view);
        self.recent_atoms[at] = Some(atom);
        atom
    }

    /// The shape of objects with these keys, whose values are in its slots in the same order; None when there is no such
    /// shape (duplicate or integer keys, too many properties).
    fn shape_of(&mut self, from: usize) -> Option<Gc<Shape>> {
        let keys = &self.keys[from..];
        let last = keys.last().map_or(0, |k| k.bits());
        let at = (keys.len() ^ (last >> 4) as usize) % RECENT_SHAPES;
        if let Some(shape) = self.recent_shapes[at]
            && shape.with_entries(|e| {
                e.len() == keys.len() && e.iter().zip(keys).all(|(e, k)| e.key == *k)
            })
        {
            return Some(shape);
        }
        let proto = self.agent.intrinsic(Intrinsic::ObjectPrototype);
        let inline = match keys.len() {
            0 => 4,
            count => count.min(MAX_INLINE as usize) as u8,
        };
        let root = self.agent.root_shape(CellKind::Object, Some(proto), inline);
        let mut shape = root;
        for (i, &key) in keys.iter().enumerate() {
            if key.is_index() || shape.mode() != ShapeMode::Shared {
                return None;
            }
            let duplicate = match i {
                0..=8 => keys[..i].contains(&key),
                _ => shape.lookup(key).is_some(),
            };
            if duplicate {
                return None;
            }
            shape = self
                .agent
                .shape_with_property(shape, key, Attributes::ALL)?;
        }
        self.recent_shapes[at] = Some(shape);
        Some(shape)
    }

    /// What a place expects from now on.
    fn expect(&mut self, place: PlaceId, from: usize, shape: Gc<Shape>) {
        let (keys, at) = (&self.keys[from..], usize::from(place));
        if keys.len() > MAX_KEYS {
            return;
        }
        self.shapes[at] = Value::cell(shape);
        let place = &mut self.places[at];
        place.keys.clear();
        place.text.clear();
        place.ends.clear();
        place.shape = Some(shape);
        for key in keys {
            place.keys.push(*key);
            let name = key.as_atom();
            if let Some(name) = &name {
                append_name(&mut place.text, name.atom_view());
            }
            place.ends.push(place.text.len() as u32);
        }
    }

    fn end_expected(&mut self, frame: Frame) -> Option<Object> {
        let place = &self.places[usize::from(frame.place?)];
        let shape = place.shape.filter(|_| frame.expected)?;
        if place.keys.len() != frame.count as usize {
            return None;
        }
        Some(self.fill(shape, frame.values))
    }

    fn fill(&mut self, shape: Gc<Shape>, base: usize) -> Object {
        let o = self.agent.new_object_with_shape(shape);
        o.fill_slots(self.agent, &self.values[base..]);
        o
    }

    /// The general case: later duplicates win.
    fn object_by_steps(&mut self, frame: Frame) -> JsResult<Object> {
        let agent = &mut *self.agent;
        let o = agent.new_plain_object();
        for (&key, &value) in self.keys[frame.keys..]
            .iter()
            .zip(&self.values[frame.values..])
        {
            match key.as_index() {
                Some(i) => o.put_element(agent, i, value)?,
                None => match o.shape(agent).lookup(key) {
                    Some(e) => o.store_existing_slot(agent, e.slot, value),
                    None => add_named(agent, o, key, value, Attributes::ALL),
                },
            }
        }
        Ok(o)
    }

    #[inline(never)]
    fn end_unexpected(&mut self, frame: Frame) -> JsResult<Object> {
        match self.shape_of(frame.keys) {
            Some(shape) => {
                if let Some(place) = frame.place {
                    self.expect(place, frame.keys, shape);
                }
                Ok(self.fill(shape, frame.values))
            }
            None => self.object_by_steps(frame),
        }
    }

    /// A complete container in place of its parts.
    #[inline]
    fn complete(&mut self, frame: Frame, v: Value) {
        self.values.truncate(frame.values);
        self.values.push(v);
        if self.records.is_some() {
            let key = self.current_key();
            if let Some(records) = &mut self.records {
                let node = records.container(v, &self.nodes[frame.nodes..]);
                self.nodes.truncate(frame.nodes);
                self.nodes.push(node);
                records.set_key(node, key);
            }
        }
    }
}

/// Appends a name as it stands in a text. What has to be escaped there, or has no place in such a text, is left out: no name is
/// nothing.
fn append_name<U: JsonUnit>(text: &mut Vec<U>, name: StrView<'_>) {
    if name
        .units()
        .any(|u| is_special(u) || U::try_from(u).is_err())
    {
        return;
    }
    let colon = [0x22, 0x3A];
    let units = [0x22].into_iter().chain(name.units()).chain(colon);
    text.extend(units.filter_map(|u| U::try_from(u).ok()));
}

impl<U: JsonUnit> JsonSink<U> for Builder<'_, U> {
    type Error = BuildError;

    fn start(&mut self, object: bool) {
        let place = self.inner_place();
        self.frames.push(Frame {
            object,
            expected: object && place.is_some(),
            count: 0,
            place,
            values: self.values.len(),
            keys: self.keys.len(),
            nodes: self.nodes.len(),
        });
    }

    #[inline(always)]
    fn expected_key(&mut self, rest: &[U]) -> usize {
        let Some(frame) = self.frames.last_mut().filter(|f| f.expected) else {
            return 0;
        };
        let Some(place) = frame.place else { return 0 };
        let place = &self.places[usize::from(place)];
        let at = frame.count as usize;
        let Some(&end) = place.ends.get(at) else {
            return 0;
        };
        let start = if at == 0 { 0 } else { place.ends[at - 1] };
        let name = &place.text[start as usize..end as usize];
        if name.is_empty() || !rest.starts_with(name) {
            return 0;
        }
        frame.count += 1;
        name.len()
    }

    fn key(&mut self, units: &[U], name: JsonString) {
        let atom = match name {
            JsonString::Plain(range) => {
                self.atom(units.get(range).map_or(StrView::Latin1(&[]), U::view))
            }
            JsonString::Escaped(s) => self.agent.intern_view(s.view()),
        };
        let key = PropertyKey::atom(atom);
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        if let Some(place) = frame.place.filter(|_| frame.expected) {
            let expected = self.places[usize::from(place)]
                .keys
                .get(frame.count as usize);
            if expected == Some(&key) {
                frame.count += 1;
                return;
            }
            self.give_up_expectations();
        }
        self.keys.push(key);
        if let Some(frame) = self.frames.last_mut() {
            frame.count += 1;
        }
    }

    fn end_object(&mut self) -> Result<(), BuildError> {
        let Some(&frame) = self.frames.last() else {
            return Ok(());
        };
        let object = match self.end_expected(frame) {
            Some(o) => o,
            None => {
                if frame.expected {
                    self.give_up_expectations();
                }
                let o = self.end_unexpected(frame)?;
                self.keys.truncate(frame.keys);
                o
            }
        };
        self.frames.pop();
        self.complete(frame, object.into());
        Ok(())
    }

    fn end_array(&mut self) -> Result<(), BuildError> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        let array = self.agent.new_array_from(&self.values[frame.values..]);
        if self.agent.fault.is_some() {
            return Err(Throw.into());
        }
        self.complete(frame, array.into());
        Ok(())
    }

    #[inline(always)]
    fn scalar(&mut self, units: &[U], scalar: JsonScalar, range: Range<usize>) {
        let value = match scalar {
            JsonScalar::String(JsonString::Plain(range)) => {
                let view = units.get(range).map_or(StrView::Latin1(&[]), U::view);
                self.agent.new_from_view(view).into()
            }
            JsonScalar::String(JsonString::Escaped(s)) => self.agent.new_from_view(s.view()).into(),
            JsonScalar::Number(JsonNumber::Int(i)) => Value::int(i),
            JsonScalar::Number(JsonNumber::Double(x)) => Value::number(x),
            JsonScalar::Bool(b) => Value::bool(b),
            JsonScalar::Null => Value::NULL,
        };
        self.values.push(value);
        if self.records.is_some() {
            let key = self.current_key();
            if let Some(records) = &mut self.records {
                let source = (range.start as u32, range.end as u32);
                self.nodes.push(records.primitive(value, key, source));
            }
        }
    }
}
