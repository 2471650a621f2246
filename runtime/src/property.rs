//! Property keys, attributes and descriptors (6.1.7, 6.2.6).

use crate::agent::Agent;
use crate::numeric;
use crate::object::Object;
use crate::string::{JsString, StringCell};
use crate::symbol::Symbol;
use crate::value::Value;
use sarus_gc::{Gc, Tracer};

const INDEX_TAG: u64 = 1 << 63;

/// A property key: an array index (below 2^32 - 1), an atom, or a symbol (or private name). 8 bytes.
///
/// **Invariant:** an atom that spells an array index is never stored as an atom key.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct PropertyKey(u64);

impl PropertyKey {
    /// No key: a deleted entry of a property table.
    pub(crate) const EMPTY: PropertyKey = PropertyKey(0);

    /// The key of an array index (not 2^32 - 1).
    #[inline(always)]
    pub const fn index(i: u32) -> PropertyKey {
        debug_assert!(i != u32::MAX);
        PropertyKey(INDEX_TAG | i as u64)
    }
    /// The key of an atom.
    #[inline]
    pub fn atom(s: JsString) -> PropertyKey {
        debug_assert!(s.is_atom());
        if s.is_index_like()
            && let Some(i) = numeric::string_as_array_index(s.atom_view())
        {
            return PropertyKey::index(i);
        }
        PropertyKey(s.0.addr() as u64)
    }
    /// The key of a symbol.
    #[inline(always)]
    pub fn symbol(s: Symbol) -> PropertyKey {
        PropertyKey(s.0.addr() as u64)
    }
    /// The key of any string.
    #[inline]
    pub fn string(agent: &mut Agent, s: JsString) -> PropertyKey {
        let atom = agent.intern_string(s);
        PropertyKey::atom(atom)
    }
    /// The key of a Rust string.
    pub fn from_str(agent: &mut Agent, s: &str) -> PropertyKey {
        let atom = agent.intern(s);
        PropertyKey::atom(atom)
    }
    /// The key of a length-like number: an index, or the atom of a larger one (up to 2^53).
    pub fn from_usize(agent: &mut Agent, n: u64) -> PropertyKey {
        match u32::try_from(n) {
            Ok(i) if i != u32::MAX => PropertyKey::index(i),
            _ => PropertyKey::from_str(agent, &n.to_string()),
        }
    }
    /// The key of a value that is a string, a symbol or an index, without conversions.
    #[inline(always)]
    pub fn from_index_value(v: Value) -> Option<PropertyKey> {
        match v.as_int() {
            Some(i) if i >= 0 => Some(PropertyKey::index(i as u32)),
            _ => None,
        }
    }

    /// The raw word.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }
    /// The key of a word that `bits` gave, while the key's cell is still alive.
    #[inline(always)]
    pub(crate) const fn from_bits(bits: u64) -> PropertyKey {
        PropertyKey(bits)
    }
    /// The array index, if it is one.
    #[inline(always)]
    pub const fn as_index(self) -> Option<u32> {
        if self.0 & INDEX_TAG != 0 {
            Some(self.0 as u32)
        } else {
            None
        }
    }
    /// True for an array index.
    #[inline(always)]
    pub const fn is_index(self) -> bool {
        self.0 & INDEX_TAG != 0
    }
    /// The atom or symbol as a value, if it is one.
    #[inline]
    pub(crate) fn cell_value(self) -> Value {
        if self.is_index() {
            Value::UNDEFINED
        } else {
            Value::from_bits(self.0)
        }
    }
    /// The atom, if it is one.
    #[inline]
    pub fn as_atom(self) -> Option<JsString> {
        self.cell_value().as_string()
    }
    /// The symbol, if it is one.
    #[inline]
    pub fn as_symbol(self) -> Option<Symbol> {
        self.cell_value().as_symbol()
    }
    /// True for symbols and private names.
    #[inline]
    pub fn is_symbol(self) -> bool {
        self.cell_value().is_symbol()
    }
    /// True for private names.
    #[inline]
    pub fn is_private(self) -> bool {
        self.as_symbol().is_some_and(Symbol::is_private)
    }
    /// The key as a property key value: a string or a symbol.
    pub fn to_value(self, agent: &mut Agent) -> Value {
        match self.as_index() {
            Some(i) => match i32::try_from(i) {
                Ok(i) => agent.int_string(i).into(),
                Err(_) => agent.new_string(&i.to_string()).into(),
            },
            None => self.cell_value(),
        }
    }
    /// The text for messages: `x`, `0`, `Symbol(desc)`, `#x`.
    pub fn display(self, agent: &mut Agent) -> String {
        if let Some(i) = self.as_index() {
            return i.to_string();
        }
        if let Some(s) = self.as_atom() {
            return s.to_rust_string(agent);
        }
        let Some(symbol) = self.as_symbol() else {
            return String::new();
        };
        let description = symbol
            .description_string()
            .map(|d| d.to_rust_string(agent))
            .unwrap_or_default();
        if symbol.is_private() {
            description
        } else {
            format!("Symbol({description})")
        }
    }
    /// A hash for property tables.
    #[inline]
    pub(crate) fn hash(self) -> u32 {
        // Cells never move, so the address is as good a hash as the contents.
        ((self.0 >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
    }
    /// Marks the atom or symbol.
    pub(crate) fn trace(self, tracer: &mut Tracer) {
        if self.0 != 0 && !self.is_index() {
            // SAFETY: a key that is no index is the address of a live cell; the type given here
            // does not matter, since marking goes by the header.
            tracer.mark(unsafe { Gc::<StringCell>::from_raw(self.0 as *mut StringCell) });
        }
    }
}

/// Property attributes, as bits.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Attributes(pub u8);

impl Attributes {
    /// [[Writable]].
    pub const W: Attributes = Attributes(1);
    /// [[Enumerable]].
    pub const E: Attributes = Attributes(2);
    /// [[Configurable]].
    pub const C: Attributes = Attributes(4);
    /// The slot holds an accessor pair.
    pub const ACCESSOR: Attributes = Attributes(8);
    /// No attribute.
    pub const NONE: Attributes = Attributes(0);
    /// Writable, enumerable, configurable: what assignment creates.
    pub const ALL: Attributes = Attributes(7);
    /// Writable and configurable: methods of builtins.
    pub const WC: Attributes = Attributes(5);

    /// [[Writable]] of a data property.
    #[inline(always)]
    pub const fn writable(self) -> bool {
        self.0 & 1 != 0
    }
    /// [[Enumerable]].
    #[inline(always)]
    pub const fn enumerable(self) -> bool {
        self.0 & 2 != 0
    }
    /// [[Configurable]].
    #[inline(always)]
    pub const fn configurable(self) -> bool {
        self.0 & 4 != 0
    }
    /// True for accessor properties.
    #[inline(always)]
    pub const fn is_accessor(self) -> bool {
        self.0 & 8 != 0
    }
    /// Both sets of bits.
    #[inline(always)]
    pub const fn with(self, other: Attributes) -> Attributes {
        Attributes(self.0 | other.0)
    }
    /// Bits of `self` that are not in `other`.
    #[inline(always)]
    pub const fn without(self, other: Attributes) -> Attributes {
        Attributes(self.0 & !other.0)
    }
    /// From three booleans.
    pub const fn new(writable: bool, enumerable: bool, configurable: bool) -> Attributes {
        Attributes(writable as u8 | (enumerable as u8) << 1 | (configurable as u8) << 2)
    }
}

/// An own property as [[GetOwnProperty]] reports it: complete.
#[derive(Copy, Clone, Debug)]
pub enum OwnProperty {
    /// A data property.
    Data {
        /// [[Value]].
        value: Value,
        /// Writable, enumerable, configurable.
        attributes: Attributes,
    },
    /// An accessor property.
    Accessor {
        /// [[Get]]: a function or `undefined`.
        get: Value,
        /// [[Set]]: a function or `undefined`.
        set: Value,
        /// Enumerable, configurable.
        attributes: Attributes,
    },
}

impl OwnProperty {
    /// The attributes.
    pub fn attributes(&self) -> Attributes {
        match *self {
            OwnProperty::Data { attributes, .. } | OwnProperty::Accessor { attributes, .. } => {
                attributes
            }
        }
    }
    /// [[Enumerable]].
    pub fn enumerable(&self) -> bool {
        self.attributes().enumerable()
    }
    /// [[Configurable]].
    pub fn configurable(&self) -> bool {
        self.attributes().configurable()
    }
    /// [[Writable]]; false for accessors.
    pub fn writable(&self) -> bool {
        matches!(self, OwnProperty::Data { attributes, .. } if attributes.writable())
    }
    /// The full descriptor.
    pub fn to_descriptor(self) -> PropertyDescriptor {
        let a = self.attributes();
        let base = PropertyDescriptor {
            enumerable: Some(a.enumerable()),
            configurable: Some(a.configurable()),
            ..PropertyDescriptor::default()
        };
        match self {
            OwnProperty::Data { value, .. } => PropertyDescriptor {
                value: Some(value),
                writable: Some(a.writable()),
                ..base
            },
            OwnProperty::Accessor { get, set, .. } => PropertyDescriptor {
                get: Some(get),
                set: Some(set),
                ..base
            },
        }
    }
}

/// A property descriptor with possibly absent fields (6.2.6).
#[derive(Copy, Clone, Debug, Default)]
pub struct PropertyDescriptor {
    /// [[Value]].
    pub value: Option<Value>,
    /// [[Get]]: a function or `undefined`.
    pub get: Option<Value>,
    /// [[Set]]: a function or `undefined`.
    pub set: Option<Value>,
    /// [[Writable]].
    pub writable: Option<bool>,
    /// [[Enumerable]].
    pub enumerable: Option<bool>,
    /// [[Configurable]].
    pub configurable: Option<bool>,
}

impl PropertyDescriptor {
    /// A complete data descriptor.
    pub fn data(value: Value, attributes: Attributes) -> PropertyDescriptor {
        OwnProperty::Data { value, attributes }.to_descriptor()
    }
    /// A complete accessor descriptor.
    pub fn accessor(get: Value, set: Value, attributes: Attributes) -> PropertyDescriptor {
        OwnProperty::Accessor {
            get,
            set,
            attributes,
        }
        .to_descriptor()
    }
    /// 6.2.6.1 IsAccessorDescriptor.
    pub fn is_accessor(&self) -> bool {
        self.get.is_some() || self.set.is_some()
    }
    /// 6.2.6.2 IsDataDescriptor.
    pub fn is_data(&self) -> bool {
        self.value.is_some() || self.writable.is_some()
    }
    /// 6.2.6.3 IsGenericDescriptor.
    pub fn is_generic(&self) -> bool {
        !self.is_accessor() && !self.is_data()
    }
    /// 6.2.6.6 CompletePropertyDescriptor, as an own property.
    pub fn complete(&self) -> OwnProperty {
        let enumerable = self.enumerable.unwrap_or(false);
        let configurable = self.configurable.unwrap_or(false);
        if self.is_accessor() {
            OwnProperty::Accessor {
                get: self.get.unwrap_or(Value::UNDEFINED),
                set: self.set.unwrap_or(Value::UNDEFINED),
                attributes: Attributes::new(false, enumerable, configurable)
                    .with(Attributes::ACCESSOR),
            }
        } else {
            OwnProperty::Data {
                value: self.value.unwrap_or(Value::UNDEFINED),
                attributes: Attributes::new(
                    self.writable.unwrap_or(false),
                    enumerable,
                    configurable,
                ),
            }
        }
    }
}

/// Where a lookup found a property, for callers that need the object too.
#[derive(Copy, Clone, Debug)]
pub struct Found {
    /// The object that has the property.
    pub holder: Object,
    /// The property.
    pub property: OwnProperty,
}
