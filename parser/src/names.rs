//! Interned strings: identifier names, property keys and string literal values as small integers.
//!
//! A [`Name`] stands for a string of UTF-16 code units kept as WTF-8 (generalized UTF-8): well-formed text is plain UTF-8,
//! a lone surrogate is its own three-byte sequence (`ED A0..BF xx`), and a surrogate *pair* is always the four-byte form,
//! so equal strings have equal bytes and equal `Name`s. Private names are interned with their `#`. The words the
//! language knows have fixed ids (`Name::ARGUMENTS`, …), so comparing with them is an integer compare.
//!
//! The table never frees and never renumbers.

use std::borrow::Cow;

/// An interned string; see the module docs. Only meaningful together with the [`NameTable`] that made it, except for the
/// associated constants, which are the same in every table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Name(pub(crate) u32);

impl Name {
    /// Index into the table; ids are dense from zero.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

macro_rules! well_known_names {
    ($($id:ident = $text:literal,)*) => {
        /// Texts of the predefined names, in id order.
        pub const WELL_KNOWN: &[&str] = &[$($text),*];
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u32)]
        enum WellKnownId { $($id),* }
        impl Name {
            $(#[doc = concat!("`", $text, "`")] pub const $id: Name = Name(WellKnownId::$id as u32);)*
        }
    };
}

well_known_names! {
    // Reserved words: order is that of `token::KEYWORDS`.
    AWAIT = "await",
    BREAK = "break",
    CASE = "case",
    CATCH = "catch",
    CLASS = "class",
    CONST = "const",
    CONTINUE = "continue",
    DEBUGGER = "debugger",
    DEFAULT = "default",
    DELETE = "delete",
    DO = "do",
    ELSE = "else",
    ENUM = "enum",
    EXPORT = "export",
    EXTENDS = "extends",
    FALSE = "false",
    FINALLY = "finally",
    FOR = "for",
    FUNCTION = "function",
    IF = "if",
    IMPORT = "import",
    IN = "in",
    INSTANCEOF = "instanceof",
    NEW = "new",
    NULL = "null",
    RETURN = "return",
    SUPER = "super",
    SWITCH = "switch",
    THIS = "this",
    THROW = "throw",
    TRUE = "true",
    TRY = "try",
    TYPEOF = "typeof",
    VAR = "var",
    VOID = "void",
    WHILE = "while",
    WITH = "with",
    YIELD = "yield",
    // Reserved in strict code.
    LET = "let",
    STATIC = "static",
    IMPLEMENTS = "implements",
    INTERFACE = "interface",
    PACKAGE = "package",
    PRIVATE = "private",
    PROTECTED = "protected",
    PUBLIC = "public",
    // Contextual words.
    AS = "as",
    ASYNC = "async",
    DEFER = "defer",
    FROM = "from",
    GET = "get",
    META = "meta",
    OF = "of",
    SET = "set",
    SOURCE = "source",
    TARGET = "target",
    USING = "using",
    ACCESSOR = "accessor",
    // Names with rules of their own.
    ARGUMENTS = "arguments",
    EVAL = "eval",
    CONSTRUCTOR = "constructor",
    PROTOTYPE = "prototype",
    PROTO = "__proto__",
    UNDEFINED = "undefined",
    PRIVATE_CONSTRUCTOR = "#constructor",
    USE_STRICT = "use strict",
    EMPTY = "",
    NAME = "name",
    LENGTH = "length",
    CALLEE = "callee",
    ANONYMOUS = "anonymous",
    TYPE = "type",
    // Implicit bindings and names no program can write.
    STAR_DEFAULT = "*default*",
    STAR_NAMESPACE = "*namespace*",
    NEW_TARGET = "new.target",
    HOME_OBJECT = "%home",
    ACTIVE_FUNCTION = "%function",
    STAR = "*",
}

/// The interner of one parse.
pub struct NameTable<'a> {
    texts: Vec<&'a [u8]>,
    /// Open addressing; the length is a power of two.
    slots: Vec<Slot>,
}

/// A place in the hash table. Texts of up to eight bytes are their own key, so that they are found without being read.
#[derive(Clone, Copy, Default)]
struct Slot {
    /// The text itself if it fits, else a hash of it.
    key: u64,
    /// Length in bytes.
    len: u32,
    /// Zero is an empty slot.
    id_plus_one: u32,
}

const INITIAL_SLOTS: usize = 1024;

impl<'a> NameTable<'a> {
    pub(crate) fn new(source_len: usize) -> NameTable<'a> {
        // Distinct names are about one per 200 bytes in large programs; starting near that avoids most rehashing.
        let slots = (source_len / 128)
            .clamp(INITIAL_SLOTS, 1 << 16)
            .next_power_of_two();
        let mut table = NameTable {
            texts: Vec::with_capacity(slots / 2),
            slots: vec![Slot::default(); slots],
        };
        for text in WELL_KNOWN {
            table.intern(text.as_bytes());
        }
        table
    }

    /// The WTF-8 bytes of a name.
    #[inline]
    pub fn bytes(&self, name: Name) -> &'a [u8] {
        self.texts.get(name.index()).copied().unwrap_or(b"")
    }

    /// The text of a name if it is well-formed Unicode (no lone surrogate).
    pub fn as_str(&self, name: Name) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(name)).ok()
    }

    /// The text for people: lone surrogates become U+FFFD.
    pub fn text(&self, name: Name) -> Cow<'a, str> {
        lossy(self.bytes(name))
    }

    /// The UTF-16 code units of a name.
    pub fn utf16(&self, name: Name) -> Vec<u16> {
        wtf8_to_utf16(self.bytes(name))
    }

    /// Number of names; ids are `0..len`.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Never true: the well-known names are always there.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The name of `text` if it has been interned.
    pub fn lookup(&self, text: &[u8]) -> Option<Name> {
        self.find(key_of(text), text).ok()
    }

    /// The name, or the slot where it belongs.
    #[inline]
    fn find(&self, key: u64, text: &[u8]) -> Result<Name, usize> {
        let mask = self.slots.len() - 1;
        let mut at = spread(key) & mask;
        loop {
            let slot = self.slots[at];
            if slot.id_plus_one == 0 {
                return Err(at);
            }
            if slot.key == key
                && slot.len as usize == text.len()
                && (text.len() <= 8 || self.texts[slot.id_plus_one as usize - 1] == text)
            {
                return Ok(Name(slot.id_plus_one - 1));
            }
            at = (at + 1) & mask;
        }
    }

    /// Interns text that lives as long as the table.
    #[inline]
    pub(crate) fn intern(&mut self, text: &'a [u8]) -> Name {
        self.intern_with(text, |text| text, text)
    }

    /// Interns `source[start..end]`; faster for short texts that do not end the source.
    #[inline]
    pub(crate) fn intern_range(&mut self, source: &'a [u8], start: usize, end: usize) -> Name {
        let text = &source[start..end];
        let key = match source.get(start..start + 8) {
            Some(&[a, b, c, d, e, f, g, h]) if (1..=8).contains(&text.len()) => {
                let word = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
                word & u64::MAX >> (64 - 8 * text.len())
            }
            _ => key_of(text),
        };
        match self.find(key, text) {
            Ok(name) => name,
            Err(at) => self.insert(at, key, text),
        }
    }

    /// Interns `text`; when it is new, `keep(extra)` must give equal bytes with the table's lifetime.
    #[inline]
    pub(crate) fn intern_with<T>(
        &mut self,
        text: &[u8],
        keep: impl FnOnce(T) -> &'a [u8],
        extra: T,
    ) -> Name {
        let key = key_of(text);
        match self.find(key, text) {
            Ok(name) => name,
            Err(at) => self.insert(at, key, keep(extra)),
        }
    }

    #[cold]
    fn insert(&mut self, at: usize, key: u64, text: &'a [u8]) -> Name {
        self.texts.push(text);
        let id_plus_one = self.texts.len() as u32;
        self.slots[at] = Slot {
            key,
            len: text.len() as u32,
            id_plus_one,
        };
        if self.texts.len() * 2 > self.slots.len() {
            self.grow();
        }
        Name(id_plus_one - 1)
    }

    fn grow(&mut self) {
        let mut slots = vec![Slot::default(); self.slots.len() * 2];
        let mask = slots.len() - 1;
        for &slot in self.slots.iter().filter(|slot| slot.id_plus_one != 0) {
            let mut at = spread(slot.key) & mask;
            while slots[at].id_plus_one != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = slot;
        }
        self.slots = slots;
    }
}

const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

/// Where a key is looked for first.
#[inline]
fn spread(key: u64) -> usize {
    let mixed = key.wrapping_mul(MIX);
    (mixed >> 32) as usize
}

/// The text itself, little-endian, if it has at most eight bytes; else a hash of it.
#[inline]
fn key_of(text: &[u8]) -> u64 {
    let (chunks, rest) = text.as_chunks::<8>();
    let mut tail = 0;
    for &byte in rest.iter().rev() {
        tail = tail << 8 | u64::from(byte);
    }
    match chunks {
        [] => tail,
        [single] if rest.is_empty() => u64::from_le_bytes(*single),
        _ => {
            let mut hash = text.len() as u64;
            for &chunk in chunks {
                hash = (hash.rotate_left(23) ^ u64::from_le_bytes(chunk)).wrapping_mul(MIX);
            }
            (hash.rotate_left(23) ^ tail).wrapping_mul(MIX)
        }
    }
}

/// WTF-8 to displayable text.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(String::from_utf16_lossy(&wtf8_to_utf16(bytes))),
    }
}

/// WTF-8 to UTF-16 code units. Malformed bytes (which a valid source never holds) become U+FFFD.
pub fn wtf8_to_utf16(bytes: &[u8]) -> Vec<u16> {
    let mut units = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (code_point, len) = decode(bytes, at);
        if code_point < 0x1_0000 {
            units.push(code_point as u16);
        } else {
            units.push((0xD7C0 + (code_point >> 10)) as u16);
            units.push((0xDC00 + (code_point & 0x3FF)) as u16);
        }
        at += len;
    }
    units
}

/// UTF-16 code units to canonical WTF-8 (pairs in four-byte form, lone surrogates in three).
pub fn utf16_to_wtf8(units: &[u16]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(units.len() + units.len() / 2);
    for unit in char::decode_utf16(units.iter().copied()) {
        match unit {
            Ok(character) => push_code_point(&mut bytes, character as u32),
            Err(lone) => push_code_point(&mut bytes, u32::from(lone.unpaired_surrogate())),
        }
    }
    bytes
}

/// Appends one code point, joining a low surrogate to a high one that ends `bytes`, so the result stays canonical.
pub(crate) fn push_code_point(bytes: &mut Vec<u8>, code_point: u32) {
    match code_point {
        0..0x80 => bytes.push(code_point as u8),
        0x80..0x800 => bytes.extend([
            0xC0 | (code_point >> 6) as u8,
            0x80 | (code_point & 0x3F) as u8,
        ]),
        0xDC00..0xE000 if ends_in_high_surrogate(bytes) => {
            let len = bytes.len();
            let high =
                0xD000 | u32::from(bytes[len - 2] & 0x3F) << 6 | u32::from(bytes[len - 1] & 0x3F);
            bytes.truncate(len - 3);
            push_code_point(
                bytes,
                0x1_0000 + ((high - 0xD800) << 10) + (code_point - 0xDC00),
            );
        }
        0x800..0x1_0000 => bytes.extend([
            0xE0 | (code_point >> 12) as u8,
            0x80 | (code_point >> 6 & 0x3F) as u8,
            0x80 | (code_point & 0x3F) as u8,
        ]),
        _ => bytes.extend([
            0xF0 | (code_point >> 18 & 7) as u8,
            0x80 | (code_point >> 12 & 0x3F) as u8,
            0x80 | (code_point >> 6 & 0x3F) as u8,
            0x80 | (code_point & 0x3F) as u8,
        ]),
    }
}

fn ends_in_high_surrogate(bytes: &[u8]) -> bool {
    matches!(bytes, [.., 0xED, 0xA0..=0xAF, 0x80..=0xBF])
}

/// Decodes the code point at `at`: `(code point, length in bytes)`. Surrogates come out as themselves; malformed input
/// gives U+FFFD of length one; `at` must be in range.
#[inline]
pub(crate) fn decode(bytes: &[u8], at: usize) -> (u32, usize) {
    let byte = |offset: usize| u32::from(bytes.get(at + offset).copied().unwrap_or(0)) ^ 0x80;
    let first = u32::from(bytes[at]);
    match first {
        0..0x80 => (first, 1),
        0xC2..0xE0 if byte(1) < 0x40 => ((first & 0x1F) << 6 | byte(1), 2),
        0xE0..0xF0 if byte(1) < 0x40 && byte(2) < 0x40 => {
            ((first & 0x0F) << 12 | byte(1) << 6 | byte(2), 3)
        }
        0xF0..0xF5 if byte(1) < 0x40 && byte(2) < 0x40 && byte(3) < 0x40 => (
            (first & 0x07) << 18 | byte(1) << 12 | byte(2) << 6 | byte(3),
            4,
        ),
        _ => (0xFFFD, 1),
    }
}
