//! The SSA graph: blocks of nodes over bytecode registers' values, with frame states for going back.
//!
//! * Blocks hold phis, then nodes in order, then one [`End`]. Critical edges do not exist: a block with several successors leads
//!   only to blocks with one predecessor.
//! * A node's result has one representation ([`Rep`]); its inputs have the representations its row asks for (`Tagged` and `Ptr`
//!   are both 64-bit words and may stand for each other). Conversions are nodes.
//! * A node that can exit or throw has a [`FrameState`]. Values in frame states have any representation; they are boxed in the
//!   exit.
//! * What a node reads and writes says [`NodeOp::effects`], and nothing else does.

use crate::helpers::{Helper, HelperEffect};
use crate::snapshot::Reason;
use crate::template::Template;
use rustc_hash::FxHashMap;
use sarus_bytecode::Op;
use smallvec::SmallVec;

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(pub u32);
        impl $name {
            /// As a vector index.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}
index!(
    /// A node.
    NodeId
);
index!(
    /// A block.
    BlockId
);
index!(
    /// A frame state.
    StateId
);
index!(
    /// A frame: 0 is the compiled function's own, others are inlined.
    FrameId
);

/// How a value is held.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rep {
    /// No result.
    None,
    /// A NaN-boxed value.
    Tagged,
    /// A 32-bit integer.
    Int32,
    /// A double (never a signalling NaN that matters; any NaN pattern).
    Float64,
    /// 0 or 1 (8 bits in the machine).
    Bool,
    /// An address: a cell, its elements, raw data.
    Ptr,
}

/// Conditions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cond {
    /// Equal.
    Eq,
    /// Not equal (true if unordered).
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// Width and interpretation of a memory word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mem {
    /// A value: `Tagged`.
    Value,
    /// An address: `Ptr`.
    Ptr,
    /// 8 bits, zero-extended: `Int32`.
    U8,
    /// 8 bits, sign-extended: `Int32`.
    I8,
    /// 16 bits, zero-extended.
    U16,
    /// 16 bits, sign-extended.
    I16,
    /// 32 bits: `Int32` (unsigned ones too; the graph converts).
    I32,
    /// A double: `Float64`.
    F64,
    /// A float, promoted to (demoted from) `Float64`.
    F32,
}

impl Mem {
    /// What a load gives and a store takes.
    pub fn rep(self) -> Rep {
        match self {
            Mem::Value => Rep::Tagged,
            Mem::Ptr => Rep::Ptr,
            Mem::F64 | Mem::F32 => Rep::Float64,
            _ => Rep::Int32,
        }
    }
    /// Size in bytes.
    pub fn size(self) -> u32 {
        match self {
            Mem::U8 | Mem::I8 => 1,
            Mem::U16 | Mem::I16 => 2,
            Mem::I32 | Mem::F32 => 4,
            Mem::Value | Mem::Ptr | Mem::F64 => 8,
        }
    }
}

macro_rules! locations {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Abstract locations of memory. Two accesses with different locations never overlap; two `Field` accesses at different
        /// offsets do not either (`Field` is the object itself, `Slot` its out-of-line slots).
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Loc { $($(#[$doc])* $name,)* }
    };
}
locations! {
    /// Registers and headers of frames.
    Frame,
    /// Shape ids, flags, elements kinds of objects.
    Header,
    /// Named properties in objects.
    Field,
    /// Named properties in slots cells.
    Slot,
    /// Named properties of prototypes, in either place: stores to `Field` and `Slot` may write them.
    Proto,
    /// Pointers from objects to their slots cells.
    SlotsPtr,
    /// Pointers from objects to their elements cells.
    ElementsPtr,
    /// Values of dense elements.
    Element,
    /// Lengths of arrays.
    Length,
    /// Slots of environments.
    Env,
    /// Global and module bindings.
    Cell,
    /// Contents of array buffers.
    Bytes,
    /// Lengths and data pointers of typed arrays.
    Typed,
    /// Fields of builtin iterators.
    Iterator,
    /// Entries of Maps and Sets.
    Collection,
    /// Validity of prototype chains.
    Validity,
    /// What never changes once the cell exists: code and environment of closures, lengths of strings, parents of environments,
    /// capacities of elements cells.
    Immutable,
    /// The interpreter's own state (innermost frame pointer, interrupt word).
    Machine,
}

/// A set of locations.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct LocSet(pub u32);
impl LocSet {
    /// None.
    pub const NONE: LocSet = LocSet(0);
    /// Everything that JavaScript code may change: all but `Immutable`.
    pub const ALL: LocSet = LocSet(!(1 << Loc::Immutable as u32));
    /// One.
    pub const fn one(loc: Loc) -> LocSet {
        LocSet(1 << loc as u32)
    }
    /// Union.
    pub const fn with(self, loc: Loc) -> LocSet {
        LocSet(self.0 | 1 << loc as u32)
    }
    /// Membership.
    pub fn has(self, loc: Loc) -> bool {
        self.0 >> loc as u32 & 1 != 0
    }
    /// Whether they have a location in common.
    pub fn meets(self, other: LocSet) -> bool {
        self.0 & other.0 != 0
    }
}

/// What a node does besides giving its result.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Effects {
    /// May read.
    pub reads: LocSet,
    /// May write.
    pub writes: LocSet,
    /// May leave through its frame state.
    pub exits: bool,
    /// May throw.
    pub throws: bool,
    /// May allocate, hence collect garbage.
    pub allocates: bool,
}

/// Tests of tagged values without effects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Test {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// `undefined` or `null`.
    Nullish,
    /// Loosely equal to `undefined`: also objects with [[IsHTMLDDA]].
    LooseNullish,
    /// The hole.
    Hole,
    /// A boolean.
    Bool,
    /// An int32.
    Int,
    /// A number.
    Number,
    /// A heap cell.
    Cell,
    /// A cell of the kind.
    Kind(u8),
    /// An object.
    Object,
    /// An object that is callable.
    Callable,
}

/// Operations on int32 that may leave the range (and then exit).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IntOp {
    /// Exits on overflow.
    Add,
    /// Exits on overflow.
    Sub,
    /// Exits on overflow and where the result is -0.
    Mul,
    /// Exits where the quotient is no int32 (by zero, inexact, -0, overflow).
    Div,
    /// Exits by zero and where the result is -0.
    Mod,
}

/// Operations on int32 modulo 2^32.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BitOp {
    /// Wrapping addition.
    Add,
    /// Wrapping subtraction.
    Sub,
    /// Wrapping multiplication.
    Mul,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `<<` (count modulo 32)
    Shl,
    /// `>>`
    Sar,
    /// `>>>`: the bits of the unsigned result
    Shr,
    /// Signed minimum
    Min,
    /// Signed maximum
    Max,
}

/// Operations on doubles, with JavaScript's results.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FloatOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// Math.min
    Min,
    /// Math.max
    Max,
}

/// Operations on one double.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FloatUnary {
    /// `-`
    Neg,
    /// Math.abs
    Abs,
    /// Math.sqrt
    Sqrt,
    /// Math.floor
    Floor,
    /// Math.ceil
    Ceil,
    /// Math.trunc
    Trunc,
    /// Math.fround
    Fround,
    /// Math.round
    Round,
    /// Math.sign
    Sign,
    /// To the nearest integer, ties to the even one
    Nearest,
}

/// Sequentially consistent operations on an element of an Int32Array.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AtomicOp {
    /// The element.
    Load,
    /// Gives what is stored.
    Store,
    /// This and what follows: the element as it was before.
    Add,
    /// `-`
    Sub,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// Another value.
    Exchange,
    /// Another value, if it was what was expected.
    CompareExchange,
}

/// Words of `undefined` behind the arguments of `NodeOp::CallAny`, for parameters without argument.
pub const SPARE_ARGUMENTS: u32 = 2;

/// What a node computes. Inputs in brackets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum NodeOp {
    // ---- constants
    /// A value: `Tagged`.
    Const(u64),
    /// `Int32`.
    Int(i32),
    /// `Float64` of these bits.
    Float(u64),
    /// `Bool`.
    Bool(bool),
    /// `Ptr`.
    Ptr(u64),
    // ---- frames
    /// The frame pointer plus that many words: `Ptr`.
    FramePtr(u32),
    /// Word `i` above the frame pointer: `Tagged`.
    LoadReg(u32),
    /// Word `i` above the frame pointer = [any rep but None/Bool… boxed already: Tagged or Ptr].
    StoreReg(u32),
    /// Word `i` above the frame pointer = a raw word.
    StoreRaw(u32, u64),
    /// Writes the constant header words of an inlined frame (caller, return pc, code, packed word) and the saved position of
    /// its caller; callee, new.target, environment and `this` are stored by `StoreReg`. Then makes it the innermost frame.
    EnterFrame(FrameId),
    /// Makes that frame the innermost one again.
    LeaveFrame(FrameId),
    /// One input per predecessor of its block. Representation as decided.
    Phi,
    // ---- conversions
    /// [Int32] -> Tagged
    IntToTagged,
    /// [Float64] -> Tagged, canonical (int32 where exact; one NaN)
    FloatToTagged,
    /// [Bool] -> Tagged
    BoolToTagged,
    /// [Int32] -> Float64
    IntToFloat,
    /// [Int32 as unsigned] -> Float64
    UintToFloat,
    /// [Float64] -> Int32: ToInt32
    FloatToInt,
    /// [Tagged, known to be a number] -> Float64
    NumberToFloat,
    /// [Tagged, known to be an int32] -> Int32
    UntagInt,
    /// [Tagged, known to be a boolean] -> Bool
    UntagBool,
    /// [Bool] -> Int32
    BoolToInt,
    // ---- checks: the result is the input, refined; they exit with the reason
    /// [Tagged] -> Int32
    CheckInt,
    /// [Tagged] -> Float64
    CheckNumber,
    /// [Float64] -> Int32, exact and not -0
    CheckFloatInt,
    /// [Tagged] -> Int32: a number, converted by ToInt32
    CheckTruncate,
    /// [Tagged] -> Bool
    CheckBool,
    /// [Tagged] -> Tagged, a heap cell
    CheckCell,
    /// [Tagged] -> Tagged, an object (need not be known to be a cell)
    CheckObject,
    /// [Tagged, known cell] -> Tagged of that kind
    CheckKind(u8),
    /// [Tagged, known cell] -> Tagged with one of these shapes
    CheckShape(SmallVec<[u32; 4]>),
    /// [Tagged] -> Tagged with these bits
    CheckValue(u64),
    /// [Tagged] -> Tagged that is not the hole
    CheckNotHole,
    /// [Tagged] -> Tagged: `undefined` for the hole
    HoleToUndefined,
    /// [Tagged] -> Tagged: the numbers of `undefined`, `null` and booleans (ECMA-262 7.1.4), anything else as it is
    OddballToNumber,
    /// [Tagged, known cell] -> Tagged, an object with dense elements only (not exotic)
    CheckDense,
    /// [Tagged] -> Tagged, a closure whose linked code is that cell
    CheckCode(u64),
    /// [Int32 index, Int32 length] -> Int32, the index, unsigned below the length
    CheckBounds,
    /// [Int32] -> Int32 that is not negative (of an unsigned operation)
    CheckUint,
    /// [Bool] -> None: exits if it is not `true` as given
    CheckIs(bool),
    /// [] -> None: the validity cell at the address is valid
    CheckValid(u64),
    // ---- int32
    /// [Int32, Int32] -> Int32
    IntArith(IntOp),
    /// [Int32] -> Int32: exits for 0 and the least int32
    IntNeg,
    /// [Int32, Int32] -> Int32
    Bit(BitOp),
    /// [Int32] -> Int32
    BitNot,
    /// [Int32] -> Int32
    Clz,
    // ---- double
    /// [Float64, Float64] -> Float64
    FloatArith(FloatOp),
    /// [Float64] -> Float64
    FloatUnary(FloatUnary),
    // ---- comparisons -> Bool
    /// [Int32, Int32]
    IntCmp(Cond),
    /// [Int32, Int32], unsigned
    UintCmp(Cond),
    /// [Float64, Float64]
    FloatCmp(Cond),
    /// [Tagged, Tagged]: the same bits
    SameBits,
    /// [Tagged]
    Is(Test),
    /// [Bool]
    Not,
    /// [Tagged]: ToBoolean
    Truthy,
    // ---- memory
    /// [base] -> as `Mem` says; byte offset
    Load(Mem, i32, Loc),
    /// [base, value]
    Store(Mem, i32, Loc),
    /// [base, Int32 index, not negative]: at base + offset + index * size
    LoadIndexed(Mem, i32, Loc),
    /// [base, Int32 index, value]
    StoreIndexed(Mem, i32, Loc),
    /// [base]: shape id = constant
    StoreShape(u32),
    /// [base cell]: before a value is stored into it
    Barrier,
    // ---- properties found through the agent's tables
    /// [Tagged object, Tagged key] -> Tagged: the property, or the lazy marker if that takes more than loads
    LoadCached,
    /// [Tagged object, Tagged key, Tagged value] -> Bool: whether the store was done; else nothing has happened
    StoreCached,
    // ---- allocation
    /// [Tagged values of the template's fields] -> Tagged: a new cell.
    New {
        /// Index in [`Graph::templates`].
        template: u32,
        /// Number of fields.
        fields: u32,
    },
    /// [] -> Tagged: stands in frame states for an object that compiled code does not make, by its number. The state of the
    /// innermost frame says what is in it.
    Eliminated(u32),
    // ---- strings and typed arrays
    /// [Tagged, known to be a string] -> Ptr: its first code unit. Ropes are flattened.
    StringData,
    /// [Ptr of StringData, Int32 flags of the string, Int32 index in bounds] -> Int32: a code unit
    StringUnit,
    /// [Int32 code unit] -> Tagged: the string of it
    CharString,
    /// [Tagged, known to be a typed array] -> Int32: its length; exits where that has to be asked for the general way
    TypedLength,
    /// [Tagged, known to be a DataView] -> Ptr: its first byte; exits if the buffer is detached
    ViewData,
    /// [Ptr of ViewData, Int32 byte offset in bounds] -> as `Mem` says, from big-endian bytes if so
    LoadView(Mem, bool),
    /// [Ptr of ViewData, Int32 byte offset in bounds, value]
    StoreView(Mem, bool),
    /// [Ptr of the elements, Int32 index in bounds, no more for loads, else Int32 operand, or expected value and replacement]
    /// -> Int32
    Atomic(AtomicOp),
    // ---- calls
    /// [arguments as the table says] -> as the table says
    Call(Helper),
    /// [] -> Int32 (1 if a jump is taken): runs the bytecode instruction at the node's position by its helper. Registers are
    /// passed in the frame.
    Instruction(Op),
    /// [] -> Tagged: an instruction that suspends or ends an activation of its own (of a generator, an async function), at the
    /// node's position: what the frame, which is left, is left with. Registers are passed in the frame.
    Suspend(Op),
    /// [Tagged closure, known to be of that code] -> Tagged: calls it through its native entry. The window's callee, `this` and
    /// arguments are stored (missing ones too); the node writes the header.
    CallCode {
        /// The linked code cell.
        code: u64,
        /// Words above the frame pointer.
        base: u32,
        /// Number of arguments.
        argc: u32,
        /// `this` and new.target come from the closure.
        arrow: bool,
        /// A construct call: [closure, new.target]; `this` is stored.
        construct: bool,
    },
    /// [Tagged] -> Tagged: calls anything. The window's callee, `this` and arguments are stored, and `undefined` in
    /// [`SPARE_ARGUMENTS`] words behind them.
    CallAny {
        /// Words above the frame pointer.
        base: u32,
        /// Number of arguments.
        argc: u32,
    },
    /// Polls for interrupts at a back edge.
    Poll,
}

/// How control leaves a block.
#[derive(Clone, PartialEq, Debug)]
pub enum End {
    /// Not decided yet (only while building).
    Open,
    /// To a block.
    Jump(BlockId),
    /// [Bool]: to the first if true, else to the second.
    Branch {
        /// The condition.
        cond: NodeId,
        /// If true.
        then: BlockId,
        /// If false.
        otherwise: BlockId,
    },
    /// By an Int32: `targets[value - low]` if in range (unsigned), else the default.
    Switch {
        /// The value.
        value: NodeId,
        /// Of the first target.
        low: i32,
        /// Targets.
        targets: Vec<BlockId>,
        /// Otherwise.
        default: BlockId,
    },
    /// The block's last node may throw: to the first block if it does not, else to the second, a handler in this compiled
    /// function. What other nodes of the block throw no handler catches.
    Catch {
        /// The node; it may be gone, then nothing throws.
        node: NodeId,
        /// Where it goes on.
        next: BlockId,
        /// Where the exception, which waits in the agent, is handled.
        handler: BlockId,
    },
    /// Leaves the compiled function with a Tagged value. `construct`: if the frame was entered by Construct and the value is no
    /// object, with `this` (word 8).
    Return {
        /// The value.
        value: NodeId,
        /// See above.
        construct: bool,
    },
    /// Goes back to the interpreter.
    Exit {
        /// Where.
        state: StateId,
        /// Why.
        reason: Reason,
    },
    /// Control never gets here (after a call that always throws).
    Unreachable,
}

impl End {
    /// The blocks it leads to.
    pub fn successors(&self) -> SmallVec<[BlockId; 4]> {
        match self {
            End::Jump(b) => smallvec::smallvec![*b],
            End::Branch {
                then, otherwise, ..
            } => smallvec::smallvec![*then, *otherwise],
            End::Switch {
                targets, default, ..
            } => targets.iter().copied().chain([*default]).collect(),
            End::Catch { next, handler, .. } => smallvec::smallvec![*next, *handler],
            _ => SmallVec::new(),
        }
    }
    /// The node it uses.
    pub fn input(&self) -> Option<NodeId> {
        match self {
            End::Branch { cond, .. } => Some(*cond),
            End::Switch { value, .. } | End::Return { value, .. } => Some(*value),
            _ => None,
        }
    }
    /// The node it uses, to be replaced.
    pub fn input_mut(&mut self) -> Option<&mut NodeId> {
        match self {
            End::Branch { cond, .. } => Some(cond),
            End::Switch { value, .. } | End::Return { value, .. } => Some(value),
            _ => None,
        }
    }
}

/// Where a node comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// The frame.
    pub frame: FrameId,
    /// Word offset of the instruction.
    pub pc: u32,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// What.
    pub op: NodeOp,
    /// Inputs.
    pub inputs: SmallVec<[NodeId; 3]>,
    /// Representation of the result.
    pub rep: Rep,
    /// The block it is in.
    pub block: BlockId,
    /// Where from: reported by exits, saved as the frame's position before calls.
    pub at: Position,
    /// For nodes that exit: where to go on. For nodes that throw: the state of the handler's frame, if the exception is handled
    /// in a frame of this compiled function that goes on in the interpreter then (leaving is an exit that throws).
    pub state: Option<StateId>,
    /// For nodes that exit.
    pub reason: Option<Reason>,
}

/// What the interpreter needs to go on.
#[derive(Clone, Debug)]
pub struct FrameState {
    /// The frame.
    pub frame: FrameId,
    /// Word offset: of the instruction to go on with; in outer states: of the call that waits.
    pub pc: u32,
    /// Live registers (relative to the frame) and their values.
    pub registers: Vec<(u32, NodeId)>,
    /// The state of the frame that inlined this one.
    pub parent: Option<StateId>,
    /// Objects that are to be made on the way out, for this frame and those that inlined it. What is in them stands in
    /// registers beyond those of the frames.
    pub objects: Vec<StateObject>,
}

/// An object that an exit makes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct StateObject {
    /// Its number: what [`NodeOp::Eliminated`] has.
    pub number: u32,
    /// Size in bytes.
    pub size: u32,
    /// The header.
    pub header: u64,
    /// Byte offsets and bits of words that are constant and not 0.
    pub words: Vec<(i32, u64)>,
    /// Byte offsets of other words, and the registers of the state in which they are.
    pub fields: Vec<(i32, u32)>,
}

/// A frame of the compiled function.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Index in `Snapshot::functions`.
    pub function: usize,
    /// Words above the compiled function's frame pointer.
    pub base: u32,
    /// The frame that called it, and where.
    pub caller: Option<(FrameId, u32)>,
    /// Word offset at which the caller goes on.
    pub return_pc: u32,
    /// Packed word: argument count, destination, flags.
    pub info: u64,
}

/// A basic block.
#[derive(Clone, Debug)]
pub struct Block {
    /// Phis, each with one input per predecessor.
    pub phis: Vec<NodeId>,
    /// Nodes in order.
    pub nodes: Vec<NodeId>,
    /// How it ends.
    pub end: End,
    /// Predecessors, in the order of phi inputs.
    pub preds: Vec<BlockId>,
    /// A loop header: the last predecessors are back edges.
    pub is_loop: bool,
    /// Executed rarely.
    pub cold: bool,
    /// For loop headers and OSR entries: the state on entry from outside (position of the header, values before the loop),
    /// for checks that are hoisted in front of the loop.
    pub entry_state: Option<StateId>,
}

/// The graph of one compile.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Blocks; the entry is block 0. Dead ones have no predecessors and are not in `order`.
    pub blocks: Vec<Block>,
    /// Frame states.
    pub states: Vec<FrameState>,
    /// Frames.
    pub frames: Vec<Frame>,
    /// Reachable blocks in reverse postorder.
    pub order: Vec<BlockId>,
    /// Words of the JavaScript stack that it needs from the frame pointer on.
    pub stack_words: u32,
    /// Bytecode instructions in it.
    pub instructions: u32,
    /// Of code that is entered at a loop: the headers of the loops it holds, by word offset.
    pub loops: Vec<u32>,
    /// More would have been inlined in hot code.
    pub wants_inlining: bool,
    /// Cells that must stay alive.
    pub cells: Vec<u64>,
    /// Word offsets at which a suspended activation can be resumed, in order: whoever does so passes the place in this list.
    pub resumes: Vec<u32>,
    /// Registers that a generator resumed by compiled code finds in its cell.
    pub restored: Vec<u32>,
    /// What new cells consist of.
    pub templates: Vec<Template>,
    /// Of loads and stores of named properties: the shape that the object is known to have there (where a property is added: gets).
    /// Objects of different shapes are different ones.
    pub owners: FxHashMap<NodeId, u32>,
    /// By function and word offset: how many shapes or callees that site had met, and the reason for which checks there fail
    /// for others.
    pub met: FxHashMap<(usize, u32), (Reason, u8)>,
}

impl Graph {
    /// The node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }
    /// The node, to be changed.
    pub fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }
    /// The block.
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }
    /// The block, to be changed.
    pub fn block_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.index()]
    }
    /// A new empty block.
    pub fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block {
            phis: Vec::new(),
            nodes: Vec::new(),
            end: End::Open,
            preds: Vec::new(),
            is_loop: false,
            cold: false,
            entry_state: None,
        });
        BlockId(self.blocks.len() as u32 - 1)
    }
    /// The number of a template.
    pub fn template(&mut self, template: Template) -> u32 {
        let known = self.templates.iter().position(|t| *t == template);
        known.unwrap_or_else(|| {
            self.templates.push(template);
            self.templates.len() - 1
        }) as u32
    }
    /// Makes a node without putting it into a block's list.
    pub fn make(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() as u32 - 1)
    }
    /// Recomputes `order` from the ends of blocks, and drops predecessors (with their phi inputs) that are not reachable.
    pub fn compute_order(&mut self) {
        let mut seen = vec![false; self.blocks.len()];
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut stack = vec![(BlockId(0), 0usize)];
        if let Some(first) = seen.first_mut() {
            *first = true;
        }
        while let Some((block, i)) = stack.pop() {
            let successors = self.block(block).end.successors();
            match successors.get(i) {
                Some(&next) => {
                    stack.push((block, i + 1));
                    if !std::mem::replace(&mut seen[next.index()], true) {
                        stack.push((next, 0));
                    }
                }
                None => order.push(block),
            }
        }
        order.reverse();
        for &block in &order {
            let preds = &self.blocks[block.index()].preds;
            let keep: SmallVec<[bool; 8]> = preds.iter().map(|p| seen[p.index()]).collect();
            if keep.iter().all(|k| *k) {
                continue;
            }
            let mut at = 0;
            self.blocks[block.index()].preds.retain(|_| {
                at += 1;
                keep[at - 1]
            });
            for phi in self.blocks[block.index()].phis.clone() {
                let mut at = 0;
                self.nodes[phi.index()].inputs.retain(|_| {
                    at += 1;
                    keep[at - 1]
                });
            }
        }
        self.order = order;
    }
}

const fn reads(loc: Loc) -> Effects {
    Effects {
        reads: LocSet::one(loc),
        writes: LocSet::NONE,
        exits: false,
        throws: false,
        allocates: false,
    }
}
const fn writes(loc: Loc) -> Effects {
    Effects {
        reads: LocSet::NONE,
        writes: LocSet::one(loc),
        exits: false,
        throws: false,
        allocates: false,
    }
}
const PURE: Effects = Effects {
    reads: LocSet::NONE,
    writes: LocSet::NONE,
    exits: false,
    throws: false,
    allocates: false,
};
const EXITS: Effects = Effects {
    exits: true,
    ..PURE
};
const ANYTHING: Effects = Effects {
    reads: LocSet::ALL,
    writes: LocSet::ALL,
    exits: false,
    throws: true,
    allocates: true,
};

impl NodeOp {
    /// The one table of effects.
    pub fn effects(&self) -> Effects {
        use NodeOp::*;
        match self {
            Const(_) | Int(_) | Float(_) | Bool(_) | Ptr(_) | FramePtr(_) | Phi | IntToTagged
            | FloatToTagged | BoolToTagged | IntToFloat | UintToFloat | FloatToInt
            | NumberToFloat | UntagInt | UntagBool | BoolToInt | Bit(_) | BitNot | Clz
            | FloatArith(_) | FloatUnary(_) | IntCmp(_) | UintCmp(_) | FloatCmp(_) | SameBits
            | Is(_) | Not | Truthy | HoleToUndefined | OddballToNumber | StringData
            | StringUnit | CharString => PURE,
            TypedLength | ViewData => Effects {
                exits: true,
                ..reads(Loc::Typed)
            },
            LoadView(..) => reads(Loc::Bytes),
            StoreView(..) => writes(Loc::Bytes),
            // What was read before may have been written by others meanwhile.
            Atomic(_) => Effects {
                reads: LocSet::one(Loc::Bytes),
                ..writes(Loc::Bytes)
            },
            LoadReg(_) => reads(Loc::Frame),
            StoreReg(_) | StoreRaw(..) => writes(Loc::Frame),
            EnterFrame(_) | LeaveFrame(_) => Effects {
                writes: LocSet::one(Loc::Frame).with(Loc::Machine),
                ..PURE
            },
            CheckInt | CheckNumber | CheckFloatInt | CheckTruncate | CheckBool | CheckCell
            | CheckObject | CheckKind(_) | CheckValue(_) | CheckNotHole | CheckCode(_)
            | CheckBounds | CheckUint | CheckIs(_) | IntArith(_) | IntNeg => EXITS,
            CheckShape(_) | CheckDense => Effects {
                exits: true,
                ..reads(Loc::Header)
            },
            CheckValid(_) => Effects {
                exits: true,
                ..reads(Loc::Validity)
            },
            Load(_, _, loc) | LoadIndexed(_, _, loc) => reads(*loc),
            Store(_, _, loc @ (Loc::Field | Loc::Slot)) => Effects {
                writes: LocSet::one(*loc).with(Loc::Proto),
                ..PURE
            },
            Store(_, _, loc) | StoreIndexed(_, _, loc) => writes(*loc),
            StoreShape(_) => writes(Loc::Header),
            Barrier => PURE,
            // What the tables do not have is looked up, which settles functions' properties and prototypes.
            LoadCached | StoreCached => Effects {
                throws: false,
                ..ANYTHING
            },
            New { .. } => Effects {
                allocates: true,
                ..PURE
            },
            Eliminated(_) => PURE,
            Call(helper) => {
                let info = helper.info();
                match info.effect {
                    HelperEffect::Pure => PURE,
                    HelperEffect::Allocates => Effects {
                        allocates: true,
                        throws: info.throws,
                        ..PURE
                    },
                    HelperEffect::ReadsCollections => reads(Loc::Collection),
                    HelperEffect::ChangesCollections => Effects {
                        reads: LocSet::ALL,
                        writes: LocSet::one(Loc::Collection).with(Loc::Iterator),
                        allocates: true,
                        throws: info.throws,
                        ..PURE
                    },
                    HelperEffect::WritesBytes => writes(Loc::Bytes),
                    HelperEffect::GrowsElements => Effects {
                        reads: LocSet::ALL,
                        writes: LocSet::one(Loc::Element)
                            .with(Loc::ElementsPtr)
                            .with(Loc::Length),
                        allocates: true,
                        ..PURE
                    },
                    HelperEffect::GrowsSlots => Effects {
                        reads: LocSet::ALL,
                        writes: LocSet::one(Loc::SlotsPtr),
                        allocates: true,
                        ..PURE
                    },
                    HelperEffect::Anything => Effects {
                        throws: info.throws,
                        ..ANYTHING
                    },
                }
            }
            Instruction(_) | Suspend(_) | CallCode { .. } | CallAny { .. } => ANYTHING,
            Poll => Effects {
                throws: true,
                allocates: true,
                reads: LocSet::one(Loc::Machine),
                writes: LocSet::one(Loc::Machine),
                exits: false,
            },
        }
    }

    /// Whether the node may throw what a handler in JavaScript can catch: polls and taking an exception only fail for good.
    pub fn may_be_caught(&self) -> bool {
        self.effects().throws && !matches!(self, NodeOp::Poll | NodeOp::Call(Helper::TakeException))
    }

    /// Whether equal inputs give equal results and the node may be removed, merged and (if it does not exit) moved freely as
    /// long as nothing in between writes what it reads.
    pub fn is_value(&self) -> bool {
        let e = self.effects();
        e.writes == LocSet::NONE
            && !e.throws
            && !e.allocates
            && !matches!(self, NodeOp::Phi | NodeOp::Barrier)
    }

    /// Whether the node may be removed when its result is not used: it writes nothing and cannot throw. Checks stay, because
    /// others rely on them.
    pub fn is_removable(&self) -> bool {
        let e = self.effects();
        e.writes == LocSet::NONE && !e.throws && !e.exits && !matches!(self, NodeOp::Barrier)
    }

    /// Representation of the result; `Rep::None` for phis, whose node says it.
    pub fn rep(&self) -> Rep {
        use NodeOp::*;
        match self {
            Const(_)
            | LoadReg(_)
            | IntToTagged
            | FloatToTagged
            | BoolToTagged
            | CheckCell
            | CheckObject
            | CheckKind(_)
            | CheckShape(_)
            | CheckValue(_)
            | CheckNotHole
            | CheckDense
            | CheckCode(_)
            | Suspend(_)
            | New { .. }
            | Eliminated(_)
            | HoleToUndefined
            | OddballToNumber
            | CharString
            | LoadCached
            | CallCode { .. }
            | CallAny { .. } => Rep::Tagged,
            Int(_) | FloatToInt | UntagInt | BoolToInt | CheckInt | CheckFloatInt
            | CheckTruncate | CheckBounds | CheckUint | IntArith(_) | IntNeg | Bit(_) | BitNot
            | Clz | Instruction(_) | StringUnit | TypedLength | Atomic(_) => Rep::Int32,
            Float(_) | IntToFloat | UintToFloat | NumberToFloat | CheckNumber | FloatArith(_)
            | FloatUnary(_) => Rep::Float64,
            Bool(_) | UntagBool | CheckBool | IntCmp(_) | UintCmp(_) | FloatCmp(_) | SameBits
            | Is(_) | Not | Truthy | StoreCached => Rep::Bool,
            Ptr(_) | FramePtr(_) | StringData | ViewData => Rep::Ptr,
            Load(mem, ..) | LoadIndexed(mem, ..) | LoadView(mem, _) => mem.rep(),
            Call(helper) => helper.info().ret,
            StoreReg(_) | StoreRaw(..) | EnterFrame(_) | LeaveFrame(_) | Phi | CheckIs(_)
            | CheckValid(_) | Store(..) | StoreIndexed(..) | StoreView(..) | StoreShape(_)
            | Barrier | Poll => Rep::None,
        }
    }

    /// Representations of the inputs (of a fixed number; phis have their own).
    pub fn input_reps(&self) -> SmallVec<[Rep; 4]> {
        use NodeOp::*;
        use smallvec::smallvec as v;
        match self {
            Const(_) | Int(_) | Float(_) | Bool(_) | Ptr(_) | FramePtr(_) | LoadReg(_)
            | StoreRaw(..) | EnterFrame(_) | LeaveFrame(_) | Phi | CheckValid(_)
            | Instruction(_) | Suspend(_) | Eliminated(_) | Poll => v![],
            New { fields, .. } => SmallVec::from_elem(Rep::Tagged, *fields as usize),
            StoreReg(_)
            | NumberToFloat
            | UntagInt
            | UntagBool
            | CheckInt
            | CheckNumber
            | CheckTruncate
            | CheckBool
            | CheckCell
            | CheckObject
            | CheckKind(_)
            | CheckShape(_)
            | CheckValue(_)
            | CheckNotHole
            | CheckDense
            | CheckCode(_)
            | Is(_)
            | Truthy
            | Load(..)
            | StoreShape(_)
            | HoleToUndefined
            | OddballToNumber
            | StringData
            | TypedLength
            | ViewData
            | CallAny { .. } => v![Rep::Tagged],
            StringUnit => v![Rep::Tagged, Rep::Int32, Rep::Int32],
            IntToTagged | CharString | IntToFloat | UintToFloat | CheckUint | IntNeg | BitNot
            | Clz => {
                v![Rep::Int32]
            }
            FloatToTagged | FloatToInt | CheckFloatInt | FloatUnary(_) => v![Rep::Float64],
            BoolToTagged | BoolToInt | CheckIs(_) | Not => v![Rep::Bool],
            CheckBounds | IntArith(_) | Bit(_) | IntCmp(_) | UintCmp(_) => {
                v![Rep::Int32, Rep::Int32]
            }
            FloatArith(_) | FloatCmp(_) => v![Rep::Float64, Rep::Float64],
            SameBits | LoadCached | Barrier => v![Rep::Tagged, Rep::Tagged],
            StoreCached => v![Rep::Tagged, Rep::Tagged, Rep::Tagged],
            Store(mem, ..) => v![Rep::Tagged, mem.rep()],
            LoadIndexed(..) | LoadView(..) | Atomic(AtomicOp::Load) => v![Rep::Tagged, Rep::Int32],
            Atomic(AtomicOp::CompareExchange) => {
                v![Rep::Tagged, Rep::Int32, Rep::Int32, Rep::Int32]
            }
            Atomic(_) => v![Rep::Tagged, Rep::Int32, Rep::Int32],
            StoreIndexed(mem, ..) | StoreView(mem, _) => v![Rep::Tagged, Rep::Int32, mem.rep()],
            Call(helper) => helper.info().args.iter().copied().collect(),
            CallCode { construct, .. } => {
                if *construct {
                    v![Rep::Tagged, Rep::Tagged]
                } else {
                    v![Rep::Tagged]
                }
            }
        }
    }
}
