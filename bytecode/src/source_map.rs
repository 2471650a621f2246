//! Source positions of instructions, delta encoded.
//!
//! Only instructions that can throw, call or suspend have entries. An entry holds for the instruction at exactly its
//! offset and, as a fallback for lookups in between, until the next entry.

use sarus_parser::Span;

/// Where an instruction comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    /// The failing sub-expression: for a call the callee, for a property access the whole access.
    pub span: Span,
    /// The byte offset that stack traces show: for `a.b` and `a.b()` that of `b`, for `a.b = c` and `a + b` that of the operator,
    /// otherwise the start.
    pub point: u32,
}

/// Delta-encoded table from word offsets to [`Position`]s.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct SourceMap {
    bytes: Vec<u8>,
    base: u32,
}

impl SourceMap {
    /// The position of the instruction at word `offset`: the last entry at or before it.
    pub fn lookup(&self, offset: u32) -> Option<Position> {
        let mut found = None;
        for (at, position) in self.iter() {
            if at > offset {
                break;
            }
            found = Some(position);
        }
        found
    }

    /// All entries: (word offset, position).
    pub fn iter(&self) -> impl Iterator<Item = (u32, Position)> + '_ {
        let mut at = 0;
        let mut offset = 0u32;
        let mut start = self.base;
        std::iter::from_fn(move || {
            let delta = read(&self.bytes, &mut at)?;
            let moved = unzigzag(read(&self.bytes, &mut at)?);
            let len = read(&self.bytes, &mut at)?;
            let point = unzigzag(read(&self.bytes, &mut at)?) as u32;
            offset = offset.wrapping_add(delta);
            start = start.wrapping_add(moved as u32);
            let span = Span::new(start, start.wrapping_add(len));
            let point = start.wrapping_add(point);
            Some((offset, Position { span, point }))
        })
    }
}

/// Builds a [`SourceMap`]; entries come by ascending offset.
#[derive(Default)]
pub struct SourceMapBuilder {
    map: SourceMap,
    last_offset: u32,
    last_start: u32,
    last: Option<Position>,
}

impl SourceMapBuilder {
    /// A builder whose positions lie near `base`.
    pub fn new(base: u32) -> Self {
        SourceMapBuilder {
            map: SourceMap {
                bytes: Vec::new(),
                base,
            },
            last_offset: 0,
            last_start: base,
            last: None,
        }
    }

    /// Adds the position of the instruction at `offset`.
    #[inline]
    pub fn add(&mut self, offset: u32, position: Position) {
        if self.last == Some(position) {
            return;
        }
        self.last = Some(position);
        let Position { span, point } = position;
        let bytes = &mut self.map.bytes;
        write(bytes, offset - self.last_offset);
        write(
            bytes,
            zigzag(span.start.wrapping_sub(self.last_start) as i32),
        );
        write(bytes, span.len());
        write(bytes, zigzag(point.wrapping_sub(span.start) as i32));
        self.last_offset = offset;
        self.last_start = span.start;
    }

    /// The finished table.
    pub fn finish(mut self) -> SourceMap {
        self.map.bytes.shrink_to_fit();
        self.map
    }
}

const fn zigzag(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)) as u32
}

const fn unzigzag(value: u32) -> i32 {
    (value >> 1) as i32 ^ -((value & 1) as i32)
}

#[inline]
fn write(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn read(bytes: &[u8], at: &mut usize) -> Option<u32> {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u32::from(byte & 0x7F).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
}
