//! What is known of values: sets of kinds.

use crate::graph::Rep;
use crate::layout::value;

/// A set of kinds of values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Types(pub u16);

impl Types {
    /// int32 values (as stored).
    pub const INT: Types = Types(1);
    /// Doubles (as stored).
    pub const DOUBLE: Types = Types(2);
    /// Booleans.
    pub const BOOL: Types = Types(4);
    /// `undefined`.
    pub const UNDEFINED: Types = Types(8);
    /// `null`.
    pub const NULL: Types = Types(16);
    /// Strings.
    pub const STRING: Types = Types(32);
    /// Objects.
    pub const OBJECT: Types = Types(64);
    /// Other cells: symbols, BigInts, internal ones.
    pub const OTHER: Types = Types(128);
    /// The hole.
    pub const HOLE: Types = Types(256);
    /// Any number.
    pub const NUMBER: Types = Types(3);
    /// Any cell.
    pub const CELL: Types = Types(32 | 64 | 128);
    /// Anything that JavaScript can see.
    pub const ANY: Types = Types(255);
    /// Anything at all.
    pub const ALL: Types = Types(511);

    /// Union.
    pub const fn or(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }
    /// Intersection.
    pub const fn and(self, other: Types) -> Types {
        Types(self.0 & other.0)
    }
    /// Whether every member is in `other`.
    pub const fn within(self, other: Types) -> bool {
        self.0 & !other.0 == 0
    }
    /// Whether they have a member in common.
    pub const fn meets(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }
    /// Of constant bits (cells are just cells).
    pub fn of_bits(bits: u64) -> Types {
        match bits {
            value::HOLE => Types::HOLE,
            value::NULL => Types::NULL,
            value::UNDEFINED => Types::UNDEFINED,
            value::FALSE | value::TRUE => Types::BOOL,
            b if b >= value::INT_TAG => Types::INT,
            b if b >= value::DOUBLE_OFFSET => Types::DOUBLE,
            b if b >= value::FIRST_POINTER => Types::CELL,
            _ => Types::ALL,
        }
    }
    /// Of every value that a representation can hold.
    pub fn of_rep(rep: Rep) -> Types {
        match rep {
            Rep::Int32 => Types::INT,
            Rep::Float64 => Types::NUMBER,
            Rep::Bool => Types::BOOL,
            _ => Types::ALL,
        }
    }
}
