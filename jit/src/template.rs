//! What a new cell consists of, for cells that compiled code makes itself.

use crate::graph::Loc;
use crate::layout::{Layout, header};

/// A kind of new cell. Words that are neither constant nor fields are 0 (holes).
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Template {
    /// Size in bytes, a multiple of 16.
    pub size: u32,
    /// The header.
    pub header: u64,
    /// Byte offsets and bits of constant words. The collector may see the cell with these alone.
    pub words: Vec<(i32, u64)>,
    /// Byte offsets of the words that the inputs of the node are.
    pub fields: Vec<i32>,
}

/// Size of the largest cell that is made in place: longer ones have a mark of the collector in their header.
pub const MAX_SIZE: u32 = 128;

impl Template {
    /// The kind byte.
    pub fn kind(&self) -> u8 {
        (self.header >> (header::KIND * 8)) as u8
    }
    /// The shape id (0 for cells that are no objects).
    pub fn shape(&self) -> u32 {
        self.header as u32
    }
    /// The flags.
    pub fn flags(&self) -> u8 {
        (self.header >> (header::FLAGS * 8)) as u8
    }
    /// The auxiliary byte.
    pub fn aux(&self) -> u8 {
        (self.header >> (header::AUX * 8)) as u8
    }
    /// The bits of a word that is no field.
    pub fn word(&self, offset: i32) -> u64 {
        let known = self.words.iter().find(|(at, _)| *at == offset);
        known.map_or(0, |(_, bits)| *bits)
    }
    /// The location of a word of the cell.
    pub fn loc(&self, layout: &Layout, offset: i32) -> Loc {
        let (kinds, offsets) = (&layout.kinds, &layout.offsets);
        let kind = self.kind();
        if kind == kinds.elements {
            return match offset {
                o if o == offsets.capacity => Loc::Immutable,
                _ => Loc::Element,
            };
        }
        if kind == kinds.environment {
            return match offset {
                o if o >= offsets.env_slots => Loc::Env,
                _ => Loc::Immutable,
            };
        }
        match offset {
            o if o == offsets.slots => Loc::SlotsPtr,
            o if o == offsets.elements => Loc::ElementsPtr,
            o if kind == kinds.array && o == offsets.array_length => Loc::Length,
            _ if kind == kinds.function => Loc::Immutable,
            _ => Loc::Field,
        }
    }
}
