//! What the compiler may know: plain data that the main thread takes of a function and what it calls.

use crate::helpers::Helper;
use crate::layout::Layout;
use crate::lower::Routine;
use sarus_bytecode::{CodeBlock, Op};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything one compile may look at.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The function to compile, then candidates for inlining.
    pub functions: Vec<FunctionSnapshot>,
    /// Word offset of the loop header at which compiled code is to be entered; `None`: at the start.
    pub osr: Option<u32>,
    /// Address of the realm of the function to compile.
    pub realm: u64,
    /// Memory layout.
    pub layout: Arc<Layout>,
    /// Addresses of the helpers.
    pub helpers: Arc<HelperAddresses>,
    /// Objects that compiled code may allocate itself.
    pub objects: Vec<ObjectTemplate>,
    /// Shape of plain arrays of the realm, 0 if not known.
    pub array_shape: u32,
    /// How plain arrays of the realm are iterated, as long as no program changes it.
    pub iteration: Option<Box<ArrayIteration>>,
    /// Arguments objects that alias nothing: those of sloppy functions, those of others; none where they are not known.
    pub arguments: [Option<ArgumentsShape>; 2],
    /// Shape cell of the realm's iterator results, 0 if there were none.
    pub iter_result: u64,
    /// Properties of objects that the functions make, for sites that have seen too much.
    pub known: Vec<KnownProperty>,
    /// Address of the validity cell of there being no indexed properties in prototypes of arrays, arguments objects and strings,
    /// 0 if there are some.
    pub no_elements: u64,
    /// The same for prototypes of ordinary objects too.
    pub all_no_elements: u64,
    /// How to compile.
    pub options: Options,
    /// Number of the code that comes of it, assigned before compiling: exits pass it to the exit helper.
    pub code_number: u32,
}

/// Makes code of our own that stands between compiled code and the runtime, when a compile asks for it first.
pub trait MakeCallees: std::fmt::Debug + Send + Sync {
    /// The address of a helper's [shell](crate::lower::shell), if there is one.
    fn shell(&self, helper: Helper) -> Option<u64>;
    /// The address of a [routine](crate::lower::routine), if there is one.
    fn routine(&self, routine: Routine) -> Option<u64>;
}

/// Addresses of the runtime functions that compiled code calls.
#[derive(Clone, Debug, Default)]
pub struct HelperAddresses {
    /// By [`Helper`](crate::helpers::Helper).
    pub named: Vec<u64>,
    /// By opcode: `extern "C" fn(agent, fp, pc) -> u64` that runs one instruction of the frame `fp` to its end and answers
    /// `EXCEPTION`, or 0, or (for jumps) 1 if the jump is taken. 0 where there is none.
    pub instruction: Vec<u64>,
    /// By helper: addresses of [shells](crate::lower::shell), 0 (or nothing) where `callees` is asked.
    pub shells: Vec<u64>,
    /// Addresses of [routines](crate::lower::routine), 0 (or nothing) where `callees` is asked.
    pub routines: Vec<u64>,
    /// Has the others.
    pub callees: Option<Arc<dyn MakeCallees>>,
}

impl HelperAddresses {
    /// The address of a helper's shell, if there is one.
    pub fn shell(&self, helper: Helper) -> Option<u64> {
        let known = self.shells.get(helper as usize).filter(|a| **a != 0);
        known
            .copied()
            .or_else(|| self.callees.as_ref()?.shell(helper))
    }

    /// The address of a routine, if there is one.
    pub fn routine(&self, routine: Routine) -> Option<u64> {
        let known = self.routines.get(routine as usize).filter(|a| **a != 0);
        known
            .copied()
            .or_else(|| self.callees.as_ref()?.routine(routine))
    }

    /// The helper of an instruction, if there is one.
    pub fn of_instruction(&self, op: Op) -> Option<u64> {
        self.instruction
            .get(op as usize)
            .copied()
            .filter(|a| *a != 0)
    }
}

/// What a new ordinary object of a shape consists of; its slots are holes, which memory that is not in use is full of.
#[derive(Clone, Copy, Debug)]
pub struct ObjectTemplate {
    /// Address of the shape cell.
    pub shape: u64,
    /// Size in bytes.
    pub size: u32,
    /// The header.
    pub header: u64,
    /// The word of the elements.
    pub elements: u64,
}

impl ObjectTemplate {
    /// Whether so many properties are in the object itself.
    pub fn has_room_for(&self, properties: u64) -> bool {
        self.header >> 58 >= properties
    }
}

/// How to compile.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Keep the text of the graph after every pass whose name is given (`all` for every one), and of the lowered code.
    pub print: Option<String>,
    /// Verify the graph after building and after every pass.
    pub verify: bool,
    /// Exits are taken every this many executions of checks (0: only when the check fails): checks count down the 32-bit word
    /// at `stress_counter`.
    pub stress_exits: u32,
    /// Address of the counter.
    pub stress_counter: u64,
    /// Which callees to inline.
    pub inline: Inlining,
    /// Call routines where they are shorter than what they do.
    pub routines: bool,
    /// Address of a 32-bit word that code in which more could be inlined counts down as it is entered and goes round loops
    /// (0: none).
    pub entries: u64,
}

/// How much is inlined. Most of the work of a compile is for what is inlined, and of what is warm only little becomes hot.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Inlining {
    /// Nothing.
    #[default]
    Nothing,
    /// What is small, so that code that is warm is soon there.
    Little,
    /// What code that is hot is worth.
    All,
}

impl Options {
    /// Whether the text of that stage is asked for: `print` names stages, separated by commas, or says `all`.
    pub fn prints(&self, stage: &str) -> bool {
        self.print
            .as_deref()
            .is_some_and(|p| p.split(',').any(|name| name == stage || name == "all"))
    }
}

/// One function.
#[derive(Clone, Debug)]
pub struct FunctionSnapshot {
    /// The code.
    pub code: Arc<CodeBlock>,
    /// Address of its linked code cell.
    pub code_cell: u64,
    /// Address of its first instruction word.
    pub words: u64,
    /// Constants as value bits (`undefined` for tables).
    pub constants: Vec<u64>,
    /// One byte per word: bits of [`operand`] at instructions that have feedback, bits of [`element`] at element accesses.
    pub feedback: Vec<u8>,
    /// What the inline caches have seen, by slot.
    pub sites: Vec<Site>,
    /// Reasons of exits that were taken, by word offset.
    pub exits: BTreeMap<u32, ReasonSet>,
    /// Inner functions of which there were closures, by index.
    pub inner: Vec<Option<InnerFunction>>,
    /// Whether it runs in the same realm as the root.
    pub same_realm: bool,
    /// It was called or looped often enough that its feedback says something.
    pub warm: bool,
}

/// What has to hold for the iteration of plain arrays to be what the specification's builtins do.
#[derive(Clone, Debug)]
pub struct ArrayIteration {
    /// Validity cell of the prototype of arrays.
    pub array_validity: u64,
    /// Validity cell of the prototype of array iterators.
    pub iterator_validity: u64,
    /// Where `[Symbol.iterator]` is in the prototype of arrays (an address inside a cell), and its value.
    pub values: (u64, u64),
    /// Where `next` is in the prototype of array iterators, and its value.
    pub next: (u64, u64),
}

/// What an arguments object that aliases nothing consists of: its slots are `length`, `[Symbol.iterator]`, and `callee`.
#[derive(Clone, Copy, Debug)]
pub struct ArgumentsShape {
    /// Address of the shape cell.
    pub shape: u64,
    /// Its id.
    pub shape_id: u32,
    /// The value of `[Symbol.iterator]`.
    pub values: u64,
    /// What `callee` is; 0: the function.
    pub callee: u64,
}

/// How a property is found in objects of a shape that compiled code knows without asking.
#[derive(Clone, Debug)]
pub struct KnownProperty {
    /// The name (value bits).
    pub key: u64,
    /// How it is found; says the shape.
    pub case: PropertyCase,
    /// The linked code of the closure that it is now, 0 if it is none.
    pub code: u64,
}

/// A function whose closures compiled code may make.
#[derive(Clone, Copy, Debug)]
pub struct InnerFunction {
    /// Its linked code.
    pub code: u64,
    /// Header of closures.
    pub header: u64,
    /// It is an arrow function.
    pub arrow: bool,
}

/// Bits of feedback bytes of arithmetic and comparisons (see `interp/src/arith.rs`): what else than int32 was seen.
pub mod operand {
    /// A double took part.
    pub const NUMBER: u8 = 1;
    /// An int32 operation left the int32 range (or made -0).
    pub const OVERFLOW: u8 = 2;
    /// Two strings.
    pub const STRING: u8 = 4;
    /// BigInts.
    pub const BIGINT: u8 = 8;
    /// undefined, null or booleans; for equality also anything equal by identity.
    pub const OTHER: u8 = 16;
    /// Anything.
    pub const ANY: u8 = 32;
}

/// Over what else than plain arrays a step of `for-of` was seen, as bits.
pub mod steps {
    /// Generators.
    pub const GENERATORS: u32 = 1;
    /// `keys()` of Maps.
    pub const MAP_KEYS: u32 = 2;
    /// `values()` of Maps.
    pub const MAP_VALUES: u32 = 4;
    /// Pairs of Maps.
    pub const MAP_ENTRIES: u32 = 8;
    /// Values of Sets.
    pub const SET_VALUES: u32 = 16;
    /// Pairs of Sets.
    pub const SET_ENTRIES: u32 = 32;
    /// Elements or indices of array-likes.
    pub const ARRAY_VALUES: u32 = 64;
    /// Pairs of array-likes.
    pub const ARRAY_ENTRIES: u32 = 128;
    /// Strings.
    pub const STRINGS: u32 = 256;
    /// Anything else.
    pub const OTHERS: u32 = 512;
}

/// Bits of feedback bytes of element accesses: what was seen. The byte after it (at the
/// next word) holds the element type of the typed arrays seen plus one, 255 for several.
pub mod element {
    /// A typed array, in bounds.
    pub const TYPED: u8 = 1;
    /// A character of a string, in bounds.
    pub const STRING: u8 = 2;
    /// Out of bounds or a hole (for stores: an append).
    pub const OUTSIDE: u8 = 4;
    /// A key that is no int32.
    pub const NAMED: u8 = 8;
    /// Anything else.
    pub const OTHER: u8 = 16;
    /// A dense element that is there.
    pub const DENSE: u8 = 32;
    /// A proxy.
    pub const PROXY: u8 = 64;
    /// In the byte behind, which says of which type typed arrays were: an element was loaded that is no int32.
    pub const LARGE: u8 = 64;
}

/// What an inline cache has seen.
#[derive(Clone, Debug, Default)]
pub enum Site {
    /// Nothing: the instruction never ran (or has no cache).
    #[default]
    Empty,
    /// Up to four shapes.
    Property(Vec<PropertyCase>),
    /// A global binding: address of its property cell, and its value now.
    Global {
        /// The property cell.
        cell: u64,
        /// The value when the snapshot was taken.
        value: u64,
    },
    /// A call site.
    Call(Vec<CallTarget>),
    /// An object literal: the shape of what it makes.
    Literal {
        /// Address of the shape cell.
        shape: u64,
    },
    /// A step over something else than plain arrays: what was seen (bits of [`steps`]).
    Steps {
        /// The bits.
        seen: u32,
    },
    /// Objects of one shape, and the prototype they have.
    Prototype {
        /// Their shape.
        shape: u32,
        /// The prototype or `null`.
        value: u64,
    },
    /// What a class gives to its instances.
    Instance(Box<InstanceElements>),
    /// An array literal of constants.
    ArrayLiteral {
        /// The elements.
        values: Vec<u64>,
    },
    /// A load from too many shapes, some of which have an accessor.
    Accessors,
    /// Objects that no cache helps with.
    General,
    /// Proxies.
    Proxy,
    /// Too much.
    Megamorphic,
}

/// What a class gives to its instances.
#[derive(Clone, Debug)]
pub struct InstanceElements {
    /// What its constructors keep of it (value bits); it does not change.
    pub data: u64,
    /// Private methods.
    pub methods: Option<PrivateMethods>,
    /// The function that initializes fields (value bits) and its code.
    pub fields: Option<(u64, CallTarget)>,
}

/// Private methods as the properties they are.
#[derive(Clone, Debug)]
pub struct PrivateMethods {
    /// Shape of objects without them.
    pub shape: u32,
    /// Shape of objects with them.
    pub new_shape: u32,
    /// Byte offset of the first of them in the object.
    pub offset: i32,
    /// Their values.
    pub values: Vec<u64>,
}

/// How a property is found in objects of one shape.
#[derive(Clone, Debug)]
pub struct PropertyCase {
    /// The receiver's shape.
    pub shape: u32,
    /// What to do.
    pub kind: PropertyKind,
    /// Byte offset of the value.
    pub offset: i32,
    /// The cell that holds the value, if it is not the receiver's (a prototype, or its slots).
    pub cell: u64,
    /// Address of the validity cell it depends on, or 0.
    pub validity: u64,
    /// For additions: the new shape's id.
    pub new_shape: u32,
    /// The value now, for cells other than the receiver (0: not known). Accessors: the accessor cell. Private elements: the
    /// private name.
    pub value: u64,
    /// Whether the value (of an accessor: its functions) stays while the validity cell is valid.
    pub constant: bool,
    /// The function a getter or setter calls, if it is a candidate for inlining: index in [`Snapshot::functions`].
    pub accessor: Option<usize>,
    /// That function's value bits.
    pub accessor_value: u64,
    /// For accessors: the getter's value bits and what it is, if it is a builtin that the compiler knows.
    pub getter: Option<(u64, crate::helpers::Builtin)>,
    /// For methods of prototypes that are closures: the linked code, and its index in [`Snapshot::functions`] if it is there.
    pub method: Option<(u64, Option<usize>)>,
}

/// Kinds of property cases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PropertyKind {
    /// Data in the object.
    Own,
    /// Data in the object's slots.
    OwnSlots,
    /// Data in another cell.
    Proto,
    /// There is none.
    Absent,
    /// An array's length.
    ArrayLength,
    /// Data of a primitive's prototype; `shape` is 0 and `offset` as for `Proto`; receivers are strings.
    StringProto,
    /// An accessor pair in another cell.
    AccessorProto,
    /// An accessor pair in the object.
    Accessor,
    /// Adds a property to the object.
    Add,
    /// Adds a property to the object's slots.
    AddSlots,
    /// Anything else: the general way.
    Other,
}

/// A callee seen at a call site.
#[derive(Clone, Debug)]
pub struct CallTarget {
    /// What it is.
    pub callee: Callee,
    /// For constructors: the shape of new instances and how it is known.
    pub instance: Option<InstanceShape>,
    /// For builtins that are also written in JavaScript.
    pub body: Option<BodyTarget>,
    /// For functions that call what they are given.
    pub forwards: Option<Forwards>,
}

/// A builtin that calls what it is given.
#[derive(Clone, Copy, Debug)]
pub struct Forwards {
    /// Which.
    pub kind: Forwarder,
    /// The linked code of what is called, 0 if it was not always the same.
    pub code: u64,
}

/// Builtins that call what they are given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forwarder {
    /// `Function.prototype.call`
    Call,
    /// `Function.prototype.apply`
    Apply,
    /// `Reflect.apply`
    ReflectApply,
}

/// The body of a builtin, for the number of arguments of the call.
#[derive(Clone, Copy, Debug)]
pub struct BodyTarget {
    /// The closure (value bits).
    pub closure: u64,
    /// Its linked code.
    pub code: u64,
    /// Index of that in [`Snapshot::functions`], if it may be inlined.
    pub function: Option<usize>,
    /// The linked code of the first argument, if it was always the same.
    pub callback: Option<u64>,
}

/// Kinds of callees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Callee {
    /// Closures of this code: its linked code cell, and its index in [`Snapshot::functions`] if it is there.
    Code {
        /// The linked code.
        cell: u64,
        /// Index of the function.
        function: Option<usize>,
    },
    /// This native function (value bits), and the builtin it is, if the compiler knows it.
    Native {
        /// The function object.
        value: u64,
        /// What it is.
        builtin: Option<crate::helpers::Builtin>,
    },
}

/// What a constructor makes: holds while the constructor has that shape and its slot holds that prototype.
#[derive(Clone, Copy, Debug)]
pub struct InstanceShape {
    /// The constructor's shape id.
    pub constructor_shape: u32,
    /// Byte offset of the `prototype` slot, and whether it is in the object itself (else in its slots).
    pub offset: i32,
    /// See `offset`.
    pub inline: bool,
    /// The prototype.
    pub prototype: u64,
    /// Address of the instances' shape cell.
    pub shape: u64,
    /// Its id.
    pub shape_id: u32,
    /// Number of inline slots of instances.
    pub inline_slots: u8,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why compiled code goes back to the interpreter.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Reason { $($(#[$doc])* $name,)* }
        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$(Reason::$name),*];
            /// The text in traces.
            pub fn text(self) -> &'static str {
                match self { $(Reason::$name => $text,)* }
            }
        }
    };
}

reasons! {
    /// The instruction had not run when the code was compiled.
    NotSeen = "no feedback",
    /// Not an int32.
    NotInt = "not an int32",
    /// Not a number.
    NotNumber = "not a number",
    /// Not a boolean.
    NotBool = "not a boolean",
    /// Not an object (or no cell at all).
    NotObject = "not an object",
    /// Not a string.
    NotString = "not a string",
    /// Another shape.
    WrongShape = "wrong shape",
    /// Another kind of object.
    WrongKind = "wrong kind",
    /// Another callee.
    WrongCallee = "wrong callee",
    /// Another value than the one seen.
    WrongValue = "wrong value",
    /// A prototype chain changed.
    InvalidChain = "prototype chain changed",
    /// The result is no int32.
    Overflow = "overflow",
    /// The result is -0.
    MinusZero = "minus zero",
    /// Not exactly representable as int32.
    Inexact = "inexact",
    /// Index out of bounds.
    OutOfBounds = "out of bounds",
    /// A hole.
    Hole = "hole",
    /// An uninitialized binding.
    Uninitialized = "uninitialized binding",
    /// An exception is handled in the function.
    Exception = "exception",
    /// Something this tier has no code for.
    Unsupported = "not compiled",
    /// The loops that code entered at a loop header was compiled for are over.
    LoopLeft = "loop left",
    /// A generator passed on the result object of another iterator.
    Delegated = "result of another iterator",
    /// A tail call has to replace its frame.
    StackLow = "little stack for a tail call",
    /// Asked for by a stress mode.
    Stress = "stress",
    /// What enters a loop that goes on with int32 values is none.
    EntersNoInt = "no int32 enters a loop",
    /// The same once more, where a check in the loop asks for an int32 as well.
    EntersNoIntAgain = "again no int32 enters a loop",
    /// What enters a loop that goes on with numbers is none.
    EntersNoNumber = "no number enters a loop",
}

/// A set of reasons.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ReasonSet(pub u32);

impl ReasonSet {
    /// Whether `reason` is in it.
    pub fn has(self, reason: Reason) -> bool {
        self.0 >> reason as u32 & 1 != 0
    }
    /// Takes `reason` away.
    pub fn remove(&mut self, reason: Reason) {
        self.0 &= !(1 << reason as u32);
    }
    /// Adds `reason`.
    pub fn add(&mut self, reason: Reason) {
        self.0 |= 1 << reason as u32;
    }
}
