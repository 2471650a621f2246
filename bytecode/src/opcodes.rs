//! The opcode table: the one declaration of every instruction.
//!
//! The encoder, decoder, disassembler, verifier, the interpreter's dispatch loop and the graph builder of the
//! optimizing compiler are all derived from [`for_each_opcode!`]. The doc comment of each row is the exact
//! semantics that the interpreter implements.
//!
//! # Encoding
//!
//! An instruction is one 32-bit word `op:8 a:8 b:8 c:8` (op in the low byte) followed by zero or more 32-bit words.
//! Where an operand goes follows from its kind alone, in the order of declaration:
//!
//! | kind | place |
//! |---|---|
//! | `Read` `Write` `ReadWrite` (registers), `U8` `I8` | the next free byte of a, b, c |
//! | `Base` `U16` `I16` | the bytes b and c together (`word >> 16`) |
//! | `Jump24` | the bytes a, b and c together, sign-extended (`word as i32 >> 8`) |
//! | `Jump` `Const` `Slot` `U32` `I32` `Table` `ReadW` `WriteW` | the next extra word |
//!
//! So the length of an instruction is a constant per opcode ([`OpInfo::words`]). There is no wide form: a register
//! above 255 can be reached only by `LoadFar`/`StoreFar`, by `ReadW`/`WriteW` operands and by `Base` operands; the
//! assembler stages other uses of far registers through low scratch registers.
//!
//! # Conventions
//!
//! * Register `i` is `fp[i]`. 0 = callee (a readable value), 5 = new.target (a readable value), 6 = the current
//!   environment (only through the environment instructions), 8 = `this`, 9.. = parameters, locals, temporaries.
//!   1-4 and 7 are never operands.
//! * Jump offsets count words from the **start of the jump instruction**.
//! * `Slot` operands index `LinkedCode.ics`; the kind of each is in `CodeBlock::ic_kinds`.
//! * Feedback bytes are not operands: the feedback byte of an instruction with the `FEEDBACK` flag is the one whose
//!   index is the word offset of the instruction; `CodeBlock::feedback_len()` is the number of words.
//! * "throws" in a comment names the exception the instruction itself makes; `THROWS` is also set when it can run
//!   user code that throws. `dst` is written only if the instruction completes normally, unless stated otherwise,
//!   and after all operands have been read (dst may equal an operand).
//! * The *hole* is the internal value for "no value yet" (TDZ) and array holes. It never reaches user code.
//! * An *iterator record* is three consecutive registers at `base`: `base+0` the iterator object, or **undefined when
//!   the record is done** (nothing to close); `base+1` its `next` method; `base+2` scratch of the interpreter. Fast
//!   path (the interpreter's own choice, made in `GetIterator`): the array itself in base+0, the hole in base+1, the
//!   next index as an int in base+2.
//! * *Active function*: the callee; if the callee is an arrow function (or the code is eval code) the non-arrow
//!   function it was created in, which the closure remembers (see `CreateClosure`).
//! * *Strictness*: `CodeBlock.flags.strict` does not decide anything at run time except `this` coercion (which is an
//!   explicit instruction): instructions that differ have two opcodes or a flag operand.

/// How an operand is encoded and what it means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum OperandKind {
    /// Register that is read (8 bits).
    Read,
    /// Register that is written (8 bits).
    Write,
    /// Register that is read, then written (8 bits).
    ReadWrite,
    /// First register of a window or range (16 bits); the row says which registers are read or written.
    Base,
    /// Unsigned immediate (8 bits).
    U8,
    /// Signed immediate (8 bits).
    I8,
    /// Unsigned immediate (16 bits).
    U16,
    /// Signed immediate (16 bits).
    I16,
    /// Jump offset (24 bits, signed).
    Jump24,
    /// Jump offset (extra word, signed).
    Jump,
    /// Index into `CodeBlock::constants` (extra word).
    Const,
    /// Inline-cache slot (extra word).
    Slot,
    /// Unsigned immediate (extra word).
    U32,
    /// Signed immediate (extra word).
    I32,
    /// Index into `CodeBlock::jump_tables` (extra word).
    Table,
    /// Register that is read (extra word).
    ReadW,
    /// Register that is written (extra word).
    WriteW,
}

impl OperandKind {
    /// Number of bytes taken in the first word; 0 for kinds that take an extra word.
    pub const fn inline_bytes(self) -> usize {
        match self {
            Self::Read | Self::Write | Self::ReadWrite | Self::U8 | Self::I8 => 1,
            Self::Base | Self::U16 | Self::I16 => 2,
            Self::Jump24 => 3,
            _ => 0,
        }
    }

    /// Whether the operand is a relative jump.
    pub const fn is_jump(self) -> bool {
        matches!(self, Self::Jump | Self::Jump24)
    }
}

/// Properties of an opcode; a set of the constants below.
pub mod flags {
    /// Can throw (itself or through user code).
    pub const THROWS: u8 = 1;
    /// Never falls through to the next instruction.
    pub const END: u8 = 2;
    /// Has a jump operand.
    pub const JUMP: u8 = 4;
    /// Is a loop back edge: polls the interrupt flag and counts for tier-up when the jump is taken.
    pub const LOOP: u8 = 8;
    /// Records operand kinds in the feedback byte at its word offset.
    pub const FEEDBACK: u8 = 16;
    /// Reads and writes nothing but registers and constants: may be removed if its result is unused.
    pub const PURE: u8 = 32;
    /// Leaves the frame and may come back later (generators, async).
    pub const SUSPENDS: u8 = 64;
}

/// Calls the macro `$callback` with the whole table:
/// `$callback! { $(#[doc] Name (operand: Kind, …) [FLAG …];)* }`.
#[macro_export]
macro_rules! for_each_opcode {
    ($callback:ident) => {
        $callback! {
        // ---------------------------------------------------------------- loads and moves
        /// Does nothing.
        Nop () [PURE];
        /// Compiles the function, whose code this is the only instruction of, and starts it in the same frame: the code block says how in
        /// `CodeBlock::lazy`. RangeError if the stack does not suffice
        CompileLazy () [THROWS|END];
        /// Enters the compiled code of the function whose frame was just made. In no code block: the interpreter goes on here in place of the
        /// function's first instruction
        EnterCompiled () [THROWS|END];
        /// dst = undefined
        LoadUndefined (dst: Write) [PURE];
        /// The `count` registers from base on = undefined
        LoadUndefinedRange (count: U8, base: Base) [];
        /// dst = null
        LoadNull (dst: Write) [PURE];
        /// dst = true
        LoadTrue (dst: Write) [PURE];
        /// dst = false
        LoadFalse (dst: Write) [PURE];
        /// dst = the hole
        LoadHole (dst: Write) [PURE];
        /// dst = int32 value `imm`
        LoadInt (dst: Write, imm: I16) [PURE];
        /// dst = constants[constant] as a value (Number → int32 form if it is an int32 other than -0, String, BigInt).
        LoadConst (dst: Write, constant: Const) [PURE];
        /// dst = src (the hole is copied too)
        Move (dst: Write, src: Read) [PURE];
        /// dst = src, where src is any register
        LoadFar (dst: Write, src: ReadW) [PURE];
        /// dst = src, where dst is any register
        StoreFar (src: Read, dst: WriteW) [PURE];

        // ---------------------------------------------------------------- arithmetic
        /// dst = lhs + rhs (ApplyStringOrNumericBinaryOperator: ToPrimitive lhs, then rhs; string concatenation or addition)
        Add (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs - rhs
        Sub (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs * rhs
        Mul (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs / rhs
        Div (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs % rhs
        Mod (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs ** rhs
        Exp (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs & rhs
        BitAnd (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs | rhs
        BitOr (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs ^ rhs
        BitXor (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs << rhs
        Shl (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs >> rhs
        Sar (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs >>> rhs (TypeError for BigInt)
        Shr (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs + imm, with imm an int32 value
        AddImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = lhs - imm
        SubImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = lhs * imm
        MulImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = lhs / imm
        DivImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = lhs % imm
        ModImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = lhs & imm
        BitAndImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = lhs | imm
        BitOrImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = lhs ^ imm
        BitXorImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = lhs << imm
        ShlImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = lhs >> imm
        SarImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = lhs >>> imm
        ShrImm (dst: Write, lhs: Read, imm: I8) [THROWS | FEEDBACK];
        /// dst = ToNumeric(src) + 1 (Number or BigInt)
        Inc (dst: Write, src: Read) [THROWS | FEEDBACK];
        /// dst = ToNumeric(src) - 1
        Dec (dst: Write, src: Read) [THROWS | FEEDBACK];
        /// dst = -ToNumeric(src)
        Neg (dst: Write, src: Read) [THROWS | FEEDBACK];
        /// dst = ~ToNumeric(src)
        BitNot (dst: Write, src: Read) [THROWS | FEEDBACK];
        /// dst = ToNumber(src) (unary plus; TypeError for BigInt and Symbol)
        ToNumber (dst: Write, src: Read) [THROWS | FEEDBACK];
        /// dst = ToNumeric(src)
        ToNumeric (dst: Write, src: Read) [THROWS | FEEDBACK];
        /// dst = ToString(src) (TypeError for Symbol)
        ToString (dst: Write, src: Read) [THROWS | FEEDBACK];
        /// dst = ToPropertyKey(src) as a value: a string, a symbol, or a number that is an array index unchanged
        ToPropertyKey (dst: Write, src: Read) [THROWS];
        /// dst = ToObject(src) (TypeError for undefined and null)
        ToObject (dst: Write, src: Read) [THROWS];
        /// dst = the concatenation of the `count` strings in base.. (all are strings already); RangeError if too long
        ConcatStrings (dst: Write, base: Base, count: U32) [THROWS];
        /// dst = !ToBoolean(src)
        Not (dst: Write, src: Read) [PURE];
        /// dst = typeof src, as a string
        Typeof (dst: Write, src: Read) [PURE];
        /// dst = (typeof src) is the type numbered `what`, see [`TypeofWhat`](crate::opcodes::TypeofWhat)
        TestTypeof (dst: Write, src: Read, what: U8) [PURE];

        // ---------------------------------------------------------------- comparisons
        /// dst = lhs == rhs
        Eq (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs != rhs
        NotEq (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs === rhs
        StrictEq (dst: Write, lhs: Read, rhs: Read) [FEEDBACK];
        /// dst = lhs !== rhs
        StrictNotEq (dst: Write, lhs: Read, rhs: Read) [FEEDBACK];
        /// dst = lhs < rhs
        Less (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs <= rhs
        LessEq (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs > rhs (lhs is still converted to a primitive first)
        Greater (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = lhs >= rhs
        GreaterEq (dst: Write, lhs: Read, rhs: Read) [THROWS | FEEDBACK];
        /// dst = value instanceof target (InstanceofOperator; TypeError if target is not an object or not callable)
        InstanceOf (dst: Write, value: Read, target: Read, slot: Slot) [THROWS];
        /// dst = key in object: TypeError if object is not an object (before ToPropertyKey(key)), then HasProperty
        In (dst: Write, key: Read, object: Read, slot: Slot) [THROWS];
        /// dst = whether object has the private element `name` (a private name value); TypeError if object is not an object
        PrivateIn (dst: Write, name: Read, object: Read) [THROWS];

        // ---------------------------------------------------------------- jumps
        /// pc += offset
        Jump (offset: Jump24) [END | JUMP];
        /// Back edge: pc += offset (negative), with interrupt poll and tier-up count
        JumpLoop (offset: Jump24) [END | JUMP | LOOP | THROWS];
        /// if ToBoolean(src) jump
        JumpIfTrue (src: Read, offset: Jump) [JUMP];
        /// if !ToBoolean(src) jump
        JumpIfFalse (src: Read, offset: Jump) [JUMP];
        /// if src is undefined or null jump
        JumpIfNullish (src: Read, offset: Jump) [JUMP];
        /// if src is neither undefined nor null jump
        JumpIfNotNullish (src: Read, offset: Jump) [JUMP];
        /// if src is undefined jump
        JumpIfUndefined (src: Read, offset: Jump) [JUMP];
        /// if src is not undefined jump
        JumpIfNotUndefined (src: Read, offset: Jump) [JUMP];
        /// if src is null jump (identity, not `==`)
        JumpIfNull (src: Read, offset: Jump) [JUMP];
        /// if src is not null jump
        JumpIfNotNull (src: Read, offset: Jump) [JUMP];
        /// if lhs < rhs jump
        JumpIfLess (lhs: Read, rhs: Read, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs <= rhs jump
        JumpIfLessEq (lhs: Read, rhs: Read, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs > rhs jump
        JumpIfGreater (lhs: Read, rhs: Read, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs >= rhs jump
        JumpIfGreaterEq (lhs: Read, rhs: Read, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if !(lhs < rhs) jump (also when unordered)
        JumpIfNotLess (lhs: Read, rhs: Read, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if !(lhs <= rhs) jump
        JumpIfNotLessEq (lhs: Read, rhs: Read, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if !(lhs > rhs) jump
        JumpIfNotGreater (lhs: Read, rhs: Read, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if !(lhs >= rhs) jump
        JumpIfNotGreaterEq (lhs: Read, rhs: Read, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs < imm jump
        JumpIfLessImm (lhs: Read, imm: I16, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs <= imm jump
        JumpIfLessEqImm (lhs: Read, imm: I16, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs > imm jump
        JumpIfGreaterImm (lhs: Read, imm: I16, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs >= imm jump
        JumpIfGreaterEqImm (lhs: Read, imm: I16, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if !(lhs < imm) jump
        JumpIfNotLessImm (lhs: Read, imm: I16, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if !(lhs <= imm) jump
        JumpIfNotLessEqImm (lhs: Read, imm: I16, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if !(lhs > imm) jump
        JumpIfNotGreaterImm (lhs: Read, imm: I16, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if !(lhs >= imm) jump
        JumpIfNotGreaterEqImm (lhs: Read, imm: I16, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs == rhs jump
        JumpIfEq (lhs: Read, rhs: Read, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs != rhs jump
        JumpIfNotEq (lhs: Read, rhs: Read, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs === rhs jump
        JumpIfStrictEq (lhs: Read, rhs: Read, offset: Jump) [JUMP | FEEDBACK];
        /// if lhs !== rhs jump
        JumpIfStrictNotEq (lhs: Read, rhs: Read, offset: Jump) [JUMP | FEEDBACK];
        /// if lhs == imm jump
        JumpIfEqImm (lhs: Read, imm: I16, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs != imm jump
        JumpIfNotEqImm (lhs: Read, imm: I16, offset: Jump) [JUMP | THROWS | FEEDBACK];
        /// if lhs === imm jump
        JumpIfStrictEqImm (lhs: Read, imm: I16, offset: Jump) [JUMP | FEEDBACK];
        /// if lhs !== imm jump
        JumpIfStrictNotEqImm (lhs: Read, imm: I16, offset: Jump) [JUMP | FEEDBACK];
        /// Back edge: if ToBoolean(src) jump
        LoopIfTrue (src: Read, offset: Jump) [JUMP | LOOP | THROWS];
        /// Back edge: if !ToBoolean(src) jump
        LoopIfFalse (src: Read, offset: Jump) [JUMP | LOOP | THROWS];
        /// Back edge: if lhs < rhs jump
        LoopIfLess (lhs: Read, rhs: Read, offset: Jump) [JUMP | LOOP | THROWS | FEEDBACK];
        /// Back edge: if lhs <= rhs jump
        LoopIfLessEq (lhs: Read, rhs: Read, offset: Jump) [JUMP | LOOP | THROWS | FEEDBACK];
        /// Back edge: if lhs > rhs jump
        LoopIfGreater (lhs: Read, rhs: Read, offset: Jump) [JUMP | LOOP | THROWS | FEEDBACK];
        /// Back edge: if lhs >= rhs jump
        LoopIfGreaterEq (lhs: Read, rhs: Read, offset: Jump) [JUMP | LOOP | THROWS | FEEDBACK];
        /// Back edge: if lhs < imm jump
        LoopIfLessImm (lhs: Read, imm: I16, offset: Jump) [JUMP | LOOP | THROWS | FEEDBACK];
        /// Back edge: if lhs <= imm jump
        LoopIfLessEqImm (lhs: Read, imm: I16, offset: Jump) [JUMP | LOOP | THROWS | FEEDBACK];
        /// Back edge: if lhs > imm jump
        LoopIfGreaterImm (lhs: Read, imm: I16, offset: Jump) [JUMP | LOOP | THROWS | FEEDBACK];
        /// Back edge: if lhs >= imm jump
        LoopIfGreaterEqImm (lhs: Read, imm: I16, offset: Jump) [JUMP | LOOP | THROWS | FEEDBACK];
        /// If src is a number equal to an integer n (an int32, or a double equal to one) with
        /// low <= n < low + targets.len() of jump_tables[table]: pc += targets[n - low]. Otherwise falls through.
        /// Used for dense `switch` statements and for leaving `finally` blocks.
        JumpTable (src: Read, table: Table) [JUMP];

        // ---------------------------------------------------------------- environments
        /// Pushes an environment cell for the Scope constant: parent = fp[6], `slot_count` slots, each initialised to the
        /// hole (init = 0) or undefined (init = 1); fp[6] = the new cell.
        PushEnv (init: U8, scope: Const) [];
        /// fp[6] = parent of fp[6]
        PopEnv () [];
        /// fp[6] = a copy of the environment cell fp[6] (same parent, scope and slot values): per-iteration binding copy
        CloneEnv () [];
        /// Pushes a `with` environment whose object is `object` (already an object): fp[6] = the new cell
        PushWith (object: Read, scope: Const) [];
        /// dst = fp[6] as an opaque word, only for `SetEnv`, handlers' env_reg and nothing else
        GetEnv (dst: Write) [PURE];
        /// fp[6] = src, an opaque word from GetEnv
        SetEnv (src: Read) [];
        /// dst = slot `index` of fp[6]
        LoadEnv0 (dst: Write, index: U16) [PURE];
        /// dst = slot `index` of the parent of fp[6]
        LoadEnv1 (dst: Write, index: U16) [PURE];
        /// dst = slot `index` of the environment `depth` parents above fp[6]
        LoadEnv (dst: Write, depth: U16, index: U32) [PURE];
        /// As LoadEnv; throws ReferenceError "Cannot access 'name' before initialization" if the slot holds the hole
        LoadEnvChecked (dst: Write, depth: U16, index: U32, name: Const) [THROWS];
        /// slot `index` of fp[6] = src
        StoreEnv0 (src: Read, index: U16) [];
        /// slot `index` of the parent of fp[6] = src
        StoreEnv1 (src: Read, index: U16) [];
        /// slot `index` of the environment `depth` parents above = src (initialisation, or known initialised)
        StoreEnv (src: Read, depth: U16, index: U32) [];
        /// As StoreEnv; throws ReferenceError "Cannot access 'name' before initialization" if the slot holds the hole
        StoreEnvChecked (src: Read, depth: U16, index: U32, name: Const) [THROWS];
        /// Throws ReferenceError "Cannot access 'name' before initialization" if src is the hole
        CheckTdz (src: Read, name: Const) [THROWS];
        /// Throws ReferenceError "Must call super constructor in derived class before accessing 'this' or returning from
        /// derived constructor" if src is the hole
        CheckThis (src: Read) [THROWS];
        /// Throws ReferenceError "Super constructor may only be called once" if src is not the hole
        CheckThisUninitialized (src: Read) [THROWS];
        /// Throws TypeError "Assignment to constant variable." for the binding `name`
        ThrowConstAssign (name: Const) [END | THROWS];

        // ---------------------------------------------------------------- globals and modules
        /// dst = value of the global binding `name`: the global lexical (declarative) record first (hole → TDZ
        /// ReferenceError), then the global object; ReferenceError "name is not defined" if there is none
        LoadGlobal (dst: Write, slot: Slot, name: Const) [THROWS];
        /// As LoadGlobal, but undefined if there is no such binding (for `typeof`; a TDZ binding still throws)
        LoadGlobalOrUndefined (dst: Write, slot: Slot, name: Const) [THROWS];
        /// Assigns an existing lexical binding (TDZ and const checked: ReferenceError / TypeError) or the global object's
        /// property; strict: ReferenceError "name is not defined" if there is no such binding, and TypeError if [[Set]]
        /// returns false
        StoreGlobal (src: Read, slot: Slot, name: Const) [THROWS];
        /// As StoreGlobal in sloppy mode: creates the property if there is no binding; a failing [[Set]] is ignored
        StoreGlobalSloppy (src: Read, slot: Slot, name: Const) [THROWS];
        /// Initialises the global lexical binding `name` (let, const, class of a script) with src
        InitGlobalLexical (src: Read, slot: Slot, name: Const) [THROWS];
        /// GlobalDeclarationInstantiation with the Declarations constant, of which `functions` are named only: checks all
        /// names first (SyntaxError on redeclaration, TypeError if a function or var cannot be declared), then creates the
        /// lexical bindings (uninitialised), functions' and vars' properties (value undefined; functions are filled in by
        /// InitGlobalFunction that follows)
        DeclareGlobals (declarations: Const) [THROWS];
        /// CreateGlobalFunctionBinding(name, src, configurable = (flags & 1))
        InitGlobalFunction (src: Read, flags: U8, name: Const) [THROWS];
        /// End of a module's declaration instantiation (everything before runs when the module is linked: environment, hoisted
        /// functions): saves the frame in the module record and returns to the linker. Evaluation resumes after it. Exactly one
        /// per module code, before AsyncStart
        ModuleStart () [SUSPENDS];
        /// dst = value of module cell `index` of this code's module (import or exported local); ReferenceError (TDZ) if it
        /// holds the hole or the import is not resolved yet
        LoadModule (dst: Write, index: U32, name: Const) [THROWS];
        /// module cell `index` = src (initialisation, or known initialised)
        StoreModule (src: Read, index: U32) [];
        /// As StoreModule; ReferenceError (TDZ) if the cell holds the hole
        StoreModuleChecked (src: Read, index: U32, name: Const) [THROWS];
        /// dst = import.meta of this code's module. (Namespace imports are ordinary cells which linking fills.)
        ImportMeta (dst: Write) [THROWS];
        /// dst = promise of `import(specifier, options)`; options is undefined if absent. Abrupt ToString(specifier) and
        /// bad options reject the promise. `phase`: 0 evaluation, 1 source, 2 defer
        ImportCall (dst: Write, specifier: Read, options: Read, phase: U32) [THROWS];

        // ---------------------------------------------------------------- dynamic names (with, sloppy direct eval)
        /// dst = value of the binding `name` found by walking the environments from fp[6] (declarative slots by
        /// ScopeInfo, `with` objects with @@unscopables, eval-var objects), then module cells/global; TDZ checked;
        /// ReferenceError "name is not defined" if unresolvable
        LoadName (dst: Write, name: Const) [THROWS];
        /// As LoadName, undefined if unresolvable (typeof)
        LoadNameOrUndefined (dst: Write, name: Const) [THROWS];
        /// Resolves `name` as for a call: `func` = value, `this` = the with object if found in one, else undefined
        LoadNameForCall (func: Write, this: Write, name: Const) [THROWS];
        /// dst = reference base of `name`: the environment cell or with object in which it is bound as an opaque word, or
        /// null for "global object or global lexical", or undefined if unresolvable. Only for the two below
        ResolveName (dst: Write, name: Const) [THROWS];
        /// dst = GetValue of the reference (base from ResolveName, name); for a with object HasProperty is checked again
        /// (strict: ReferenceError, sloppy (flags & 1 == 0): undefined); ReferenceError if base is undefined
        LoadResolved (dst: Write, base: Read, flags: U8, name: Const) [THROWS];
        /// PutValue of src to the reference (base, name); flags & 1: strict (ReferenceError if base is undefined, or the
        /// binding is gone), else creates a global property if base is undefined. TDZ checked. Assignment to a constant
        /// throws TypeError; assignment to a function expression's own name is ignored in sloppy mode, TypeError in strict
        StoreResolved (src: Read, base: Read, flags: U8, name: Const) [THROWS];
        /// dst = result of `delete name` (sloppy only)
        DeleteName (dst: Write, name: Const) [THROWS];
        /// EvalDeclarationInstantiation for sloppy eval code (strict eval code has its own scope instead) with the
        /// Declarations constant: the variable environment is the nearest function (or parameter-eval) scope with an
        /// eval_vars_slot above fp[6], else the global object. SyntaxError if a var name collides with a lexical
        /// name of a scope up to and including that one. Creates vars (undefined, deletable) that do not exist yet. Functions follow by InitEvalFunction
        DeclareEvalVars (declarations: Const) [THROWS];
        /// Sets the function binding `name` in the variable environment chosen as in DeclareEvalVars (global: as
        /// CreateGlobalFunctionBinding with configurable = true)
        InitEvalFunction (src: Read, name: Const) [THROWS];
        /// Assigns the var binding `name` of the variable environment as chosen in DeclareEvalVars, if DeclareEvalVars created or
        /// found it there (Annex B function in block of eval code); `var` initialisers use StoreResolved instead
        StoreEvalVar (src: Read, name: Const) [THROWS];

        /// super() in eval code or in arrows of it: the nearest environment slot named `this` above fp[6] = src; ReferenceError
        /// "Super constructor may only be called once" if it does not hold the hole
        BindThisDynamic (src: Read) [THROWS];

        // ---------------------------------------------------------------- properties
        /// dst = object.name: Get(ToObject base, receiver = object); TypeError "Cannot read properties of undefined
        /// (reading 'name')" for undefined and null
        GetProp (dst: Write, object: Read, slot: Slot, name: Const) [THROWS];
        /// As GetProp with the name "length"; fast paths for arrays, strings, typed arrays
        GetLength (dst: Write, object: Read, slot: Slot, name: Const) [THROWS];
        /// fp[base+8] = object; fp[base] = object.name (as GetProp). First half of a method call window
        GetMethod (object: Read, base: Base, slot: Slot, name: Const) [THROWS];
        /// object.name = src, strict (TypeError if [[Set]] returns false; TypeError for undefined and null)
        SetProp (object: Read, src: Read, slot: Slot, name: Const) [THROWS];
        /// object.name = src, sloppy
        SetPropSloppy (object: Read, src: Read, slot: Slot, name: Const) [THROWS];
        /// dst = object[key]: TypeError for undefined/null object first, then ToPropertyKey(key), then Get
        GetElem (dst: Write, object: Read, key: Read, slot: Slot) [THROWS];
        /// As GetElem; if key is not a primitive, the key register receives ToPropertyKey(key) so that a SetElem that follows (compound
        /// assignment) does not convert it again
        GetElemRef (dst: Write, object: Read, key: ReadWrite, slot: Slot) [THROWS];
        /// object[key] = src, strict: TypeError for undefined/null object first, then ToPropertyKey(key), then Set
        SetElem (object: Read, key: Read, src: Read, slot: Slot) [THROWS];
        /// object[key] = src, sloppy
        SetElemSloppy (object: Read, key: Read, src: Read, slot: Slot) [THROWS];
        /// dst = delete object.name; flags & 1 = strict: TypeError if [[Delete]] returns false
        DeleteProp (dst: Write, object: Read, flags: U8, name: Const) [THROWS];
        /// dst = delete object[key]; flags & 1 = strict. ToObject(object) before ToPropertyKey(key)
        DeleteElem (dst: Write, object: Read, key: Read, flags: U32) [THROWS];
        /// dst = [[HomeObject]] of the active function .[[GetPrototypeOf]]() (the base of `super.x`; may be null)
        GetSuperBase (dst: Write, slot: Slot) [THROWS];
        /// dst = base.[[Get]](name, receiver = this); TypeError if base is null
        GetSuperProp (dst: Write, base: Read, this: Read, slot: Slot, name: Const) [THROWS];
        /// dst = base.[[Get]](ToPropertyKey(key), receiver = this); TypeError if base is null before the key conversion
        GetSuperElem (dst: Write, base: Read, key: Read, this: ReadW) [THROWS];
        /// base.[[Set]](name, src, receiver = this); TypeError if base is null; flags & 1 = strict: TypeError if false
        SetSuperProp (base: Read, this: Read, src: Read, flags: U32, name: Const) [THROWS];
        /// base.[[Set]](ToPropertyKey(key), src, receiver = this); flags & 1 = strict
        SetSuperElem (base: Read, key: Read, src: Read, this: ReadW, flags: U32) [THROWS];
        /// dst = PrivateGet(object, name): `name` is a private name value; TypeError if object lacks it, or it is an
        /// accessor without getter
        GetPrivate (dst: Write, object: Read, name: Read, slot: Slot) [THROWS];
        /// PrivateSet(object, name, src): TypeError if missing, a method, or an accessor without setter
        SetPrivate (object: Read, name: Read, src: Read, slot: Slot) [THROWS];

        // ---------------------------------------------------------------- literals
        /// dst = new ordinary object with %Object.prototype%; `capacity` named properties expected
        NewObject (dst: Write, capacity: U16, slot: Slot) [];
        /// dst = new ordinary object whose own enumerable properties are the keys of the ObjectKeys constant (unique,
        /// none an array index, none `__proto__`) in order, with the values fp[base..base+keys.len()]; slot caches the shape
        NewObjectWith (dst: Write, base: Base, slot: Slot, keys: Const) [];
        /// CreateDataPropertyOrThrow(object, name, src) (IC: add transition). Literals and class fields
        DefineOwn (object: Read, src: Read, slot: Slot, name: Const) [THROWS];
        /// CreateDataPropertyOrThrow(object, key, src); key is already a property key (from ToPropertyKey)
        DefineElem (object: Read, key: Read, src: Read, slot: Slot) [THROWS];
        /// Defines a method or accessor on object: key is a property key value, func a closure made by CreateMethod.
        /// flags: bits 0-1 = 0 method (writable), 1 getter, 2 setter (keeps the other half); bit 2 = enumerable; always
        /// configurable. DefinePropertyOrThrow
        DefineMethod (object: Read, key: Read, func: Read, flags: U32) [THROWS];
        /// `__proto__: src` in an object literal: if src is an object or null, object.[[SetPrototypeOf]](src); else nothing
        SetProto (object: Read, src: Read) [];
        /// CopyDataProperties(target, source, excluded): own enumerable properties of source except the `count` keys in
        /// fp[base..] (property keys); undefined/null source copies nothing. Object spread and rest
        CopyDataProperties (target: Read, base: Base, source: ReadW, count: U32) [THROWS];
        /// dst = new array with length 0 and room for `capacity` elements
        NewArray (dst: Write, slot: Slot, capacity: U32) [];
        /// dst = new array of the `count` values fp[base..] (a hole value makes a hole)
        NewArrayWith (dst: Write, base: Base, slot: Slot, count: U32) [];
        /// dst = new array, copy of the ArrayLiteral constant (primitives and holes only)
        NewArrayConst (dst: Write, slot: Slot, constant: Const) [];
        /// Appends src to the array (a literal under construction, no user code); the hole appends a hole
        ArrayPush (array: Read, src: Read) [THROWS];
        /// Iterates src (GetIterator sync, …) and appends every value to the array under construction
        ArraySpread (array: Read, src: Read, slot: Slot) [THROWS];
        /// dst = new RegExp object of the RegExp constant (pattern, flags; known valid)
        NewRegExp (dst: Write, constant: Const) [THROWS];
        /// dst = template object of the Template constant, created once per site and kept in the slot
        GetTemplateObject (dst: Write, slot: Slot, constant: Const) [];

        // ---------------------------------------------------------------- functions and classes
        /// dst = closure of inner function `function` (index in CodeBlock::functions) with environment fp[6]. An arrow
        /// function also remembers this (fp[8], possibly the hole), new.target (fp[5]) and the active function; a call
        /// of it puts them in its frame's fp[8] and fp[5]. Constructors get a `prototype` (lazily), generators theirs
        CreateClosure (dst: Write, function: U32) [];
        /// As CreateClosure for a method: [[HomeObject]] = home; never a constructor (class constructors: CreateClass)
        CreateMethod (dst: Write, home: Read, function: U32) [];
        /// SetFunctionName(func, name, prefix): for names known only at run time; prefix 0 none, 1 "get", 2 "set"; name is a
        /// property key value or a private name value. Does nothing to a function that is a class with its own static
        /// "name" (the compiler emits it before static elements are defined)
        SetFunctionName (func: Read, name: Read, prefix: U8) [];
        /// ClassDefinitionEvaluation's first half: `function` is the constructor's code. flags & 1: there is a heritage
        /// value, fp[heritage]: null, or a constructor (TypeError "Class extends value … is not a constructor or null"),
        /// whose `prototype` is object or null (TypeError). Creates the prototype object, the constructor
        /// closure (home object = prototype), defines ctor.prototype (non-writable) and prototype.constructor
        /// (non-enumerable). ctor and proto receive the two objects
        CreateClass (ctor: Write, proto: Write, heritage: Read, function: U32, flags: U32) [THROWS];
        /// ctor.[[Fields]] = `init`, the method closure (made by CreateMethod, home = prototype) that runs the instance field
        /// initialisers with this = the instance
        SetClassFields (ctor: Read, init: Read) [];
        /// Appends to ctor.[[PrivateMethods]] the instance private method or accessor half (name, func, kind); kinds as in
        /// DefinePrivateMethod
        AddPrivateMethod (ctor: Read, name: Read, func: Read, kind: U32) [];
        /// InitializeInstanceElements(this, ctor): adds the private methods of ctor.[[PrivateMethods]] to `this`, then calls
        /// ctor.[[Fields]] (if any) with this = `this`. Emitted where needed: at entry of base constructors and after super() in
        /// derived ones; a construct call itself never does it
        InitInstance (this: Read, ctor: Read, slot: Slot) [THROWS];
        /// A step of decorators or auto-accessors on the registers from base on: see
        /// [`DecorateWhat`](crate::opcodes::DecorateWhat)
        Decorate (what: U8, base: Base, flags: U32) [THROWS];
        /// dst = a fresh private name value whose description is the String constant (with the #)
        NewPrivateName (dst: Write, description: Const) [];
        /// PrivateFieldAdd(object, name, src): TypeError if it already has the element (or is non-extensible)
        DefinePrivateField (object: Read, name: Read, src: Read, slot: Slot) [THROWS];
        /// PrivateMethodOrAccessorAdd(object, name, func) (static private methods): kind 0 method, 1 getter, 2 setter; TypeError
        /// if already there, except that the second half of an accessor pair (kind | 4) joins the existing accessor
        DefinePrivateMethod (object: Read, name: Read, func: Read, kind: U32) [THROWS];
        /// dst = the active function (see Conventions)
        ActiveFunction (dst: Write) [];
        /// dst = ctor.[[GetPrototypeOf]](), ctor being the active function. TypeError is left to SuperCall: "Super constructor … of
        /// anonymous class is not a constructor" when it is not a constructor, after the arguments were evaluated
        GetSuperConstructor (dst: Write, ctor: Read, slot: Slot) [THROWS];

        // ---------------------------------------------------------------- calls
        // Window: base = callee, base+1..base+7 header space, base+8 = this, base+9.. = arguments.
        // Every window instruction clobbers base.. (all registers from base up) except for dst.
        /// The instruction that follows is `Call`, `CallMethod`, `CallSpread`, `CallEval` or `CallEvalSpread`, and all that comes after it
        /// is a `Return` of its result: the callee's frame may take the place of this one, or the call happens as usual.
        /// Only with the feature `TailCalls`
        TailCall () [THROWS];
        /// dst = Call(fp[base], undefined, args); writes undefined to base+8 itself. TypeError "… is not a function" (the text of
        /// the callee comes from the source position: its span is the callee expression)
        Call (dst: Write, base: Base, slot: Slot, argc: U32) [THROWS];
        /// dst = Call(fp[base], fp[base+8], args)
        CallMethod (dst: Write, base: Base, slot: Slot, argc: U32) [THROWS];
        /// dst = Call(fp[base], fp[base+8], elements of the array fp[base+9] (a literal's array, no holes))
        CallSpread (dst: Write, base: Base, slot: Slot) [THROWS];
        /// As CallMethod, but if fp[base] is the realm's %eval%: direct eval of argument 0 (if a string) with the EvalSite constant
        /// and environment fp[6], this = fp[8], new.target = fp[5], active function as of this frame
        CallEval (dst: Write, base: Base, slot: Slot, argc: U32, site: Const) [THROWS];
        /// As CallEval with the arguments in the array fp[base+9]
        CallEvalSpread (dst: Write, base: Base, slot: Slot, site: Const) [THROWS];
        /// dst = Construct(fp[base], args, newTarget = fp[base]); TypeError "… is not a constructor"
        Construct (dst: Write, base: Base, slot: Slot, argc: U32) [THROWS];
        /// As Construct, arguments in the array fp[base+9]
        ConstructSpread (dst: Write, base: Base, slot: Slot) [THROWS];
        /// dst = Construct(fp[base], args, newTarget = fp[new_target]); TypeError if fp[base] is not a constructor
        SuperCall (dst: Write, base: Base, slot: Slot, argc: U32, new_target: ReadW) [THROWS];
        /// As SuperCall, arguments in the array fp[base+9]
        SuperCallSpread (dst: Write, base: Base, slot: Slot, new_target: ReadW) [THROWS];

        // ---------------------------------------------------------------- function entry and exit
        /// fp[8] = undefined/null → the realm's global `this`; other primitive → ToObject; object → unchanged. Emitted first in
        /// sloppy functions that use `this`
        CoerceThis () [];
        /// dst = mapped arguments object: MappedArguments constant gives per formal parameter the slot of fp[6] it aliases
        /// (or none). Actual values from `code.actuals_reg`. Has `callee`
        CreateMappedArguments (dst: Write, actuals: Read, mapping: Const) [];
        /// dst = unmapped arguments object (throwing `callee`)
        CreateUnmappedArguments (dst: Write, actuals: Read) [];
        /// dst = array of the actual arguments from index `start`
        CreateRest (dst: Write, actuals: Read, start: U32) [];
        /// Returns src. In a frame entered by Construct (class base or ordinary function): if src is not an object, fp[8]
        Return (src: Read) [END];
        /// Returns undefined (same rule)
        ReturnUndefined () [END];
        /// Derived constructor: src if it is an object; else TypeError "Derived constructors may only return object or
        /// undefined" unless src is undefined; else `this` if not the hole; else ReferenceError as CheckThis
        ReturnDerived (src: Read, this: Read) [END | THROWS];

        // ---------------------------------------------------------------- exceptions
        /// dst = the exception being handled (first instruction of every handler target; clears the pending exception)
        Catch (dst: Write) [];
        /// Throws src
        Throw (src: Read) [END | THROWS];
        /// Throws an error made here: kind 0 ReferenceError, 1 TypeError, 2 SyntaxError; message is a String constant
        ThrowError (kind: U8, message: Const) [END | THROWS];
        /// TypeError if src is undefined or null ("Cannot destructure '…' as it is undefined.")
        CheckObjectCoercible (src: Read) [THROWS];
        /// TypeError if src is not an object; `what` says of what: see [`CheckObjectWhat`](crate::opcodes::CheckObjectWhat)
        CheckObject (src: Read, what: U8) [THROWS];
        /// TypeError "… is not a function" if src is not callable
        CheckCallable (src: Read) [THROWS];
        /// A `debugger` statement
        Debugger () [];

        // ---------------------------------------------------------------- iteration
        /// Iterator record at base := GetIterator(src, sync) (TypeError "… is not iterable")
        GetIterator (src: Read, base: Base, slot: Slot) [THROWS];
        /// As GetIterator, but never in fast mode: base+0 is a real iterator object, base+1 its next method
        GetIteratorObject (src: Read, base: Base, slot: Slot) [THROWS];
        /// Iterator record at base := GetIterator(src, async), never in fast mode (falls back to CreateAsyncFromSyncIterator)
        GetAsyncIterator (src: Read, base: Base, slot: Slot) [THROWS];
        /// Step of for-of: calls next; if done: fp[base] = undefined, jump (dst unchanged); else dst = value. If anything
        /// throws: fp[base] = undefined, then the exception propagates (so a handler's IteratorClose does nothing)
        IteratorStep (dst: Write, base: Base, slot: Slot, offset: Jump) [JUMP | THROWS];
        /// Step of array destructuring: if the record is done (fp[base] is undefined) dst = undefined; else as IteratorStep, with dst =
        /// undefined and fp[base] = undefined when done
        IteratorNextOrUndefined (dst: Write, base: Base, slot: Slot) [THROWS];
        /// dst = array of all remaining values (empty if the record is done); then the record is done, also if it throws
        IteratorRest (dst: Write, base: Base, slot: Slot) [THROWS];
        /// IteratorClose with a normal (or return) completion: nothing if done; else fp[base] = undefined, `return` method is got
        /// and called; TypeError if its result is not an object. Fast array mode: nothing to call
        IteratorClose (base: Base) [THROWS];
        /// IteratorClose with a throw completion: as IteratorClose, but everything `return` throws or returns is ignored. Never throws
        IteratorCloseSilent (base: Base) [];
        /// dst = Call(next method, iterator) without looking at the result (async iteration). If it throws: fp[base] = undefined
        IteratorCallNext (dst: Write, base: Base) [THROWS];
        /// result is the (awaited) result of IteratorCallNext: TypeError if not an object; if ToBoolean(result.done): fp[base] =
        /// undefined, jump; else dst = result.value. If anything throws: fp[base] = undefined
        IteratorUnwrap (dst: Write, result: Read, base: ReadW, offset: Jump) [JUMP | THROWS];
        /// Async close: if the record is done, or has no `return` method, jump; else dst = Call(return, iterator). In any case
        /// fp[base] = undefined first. The compiler awaits dst and checks that it is an object
        IteratorCallReturn (dst: Write, base: Base, offset: Jump) [JUMP | THROWS];
        /// dst = new ordinary object { value, done } (enumerable; done is the boolean flags & 1)
        CreateIterResult (dst: Write, value: Read, done: U8) [];
        /// Starts `for (k in src)`: three registers at base are the interpreter's own enumeration state (base+0 the object or
        /// undefined, …). undefined and null enumerate nothing; others ToObject
        ForInPrepare (src: Read, base: Base) [THROWS];
        /// dst = next key (a string) that is still present, not shadowed, and enumerable; jump when there is none
        ForInNext (dst: Write, base: Base, offset: Jump) [JUMP | THROWS];

        // ---------------------------------------------------------------- generators and async functions
        /// Emitted after parameter instantiation of generators and async generators: dst = new generator object of the
        /// callee (prototype from callee.prototype, else the realm's intrinsic), state suspended-start; saves the frame and
        /// returns the generator object. The next resumption continues after this instruction. `return`/`throw` on a generator in
        /// this state completes it without running code. dst is always `CodeBlock::generator_reg`
        GeneratorStart (dst: Write) [SUSPENDS];
        /// First instruction of async functions, async arrows and async modules: dst = new async activation (holds the
        /// promise); does not suspend. From here on an exception that leaves the frame rejects the promise instead. dst is always
        /// `CodeBlock::generator_reg`
        AsyncStart (dst: Write) [];
        /// Suspends the generator with the iterator result { value: src, done: false } (async generators: resolves the first
        /// request with it; src was awaited by the compiler). Resumption: next(v): dst = v and jump; throw(v): throws v here;
        /// return(v): dst = v and go on with the next instruction (which starts the return)
        Yield (dst: Write, src: Read, offset: Jump) [JUMP | THROWS | SUSPENDS];
        /// As Yield for `yield*`: src is yielded as it is (sync: src is already the inner result object; async: src is the
        /// value). Resumption of any kind continues: dst = v, mode = int 0 next, 1 throw, 2 return. The iterator record stands
        /// in the registers from dst - `DELEGATE_RECORD` on
        YieldDelegate (dst: Write, src: Read, mode: Write) [SUSPENDS];
        /// Await(src): suspends until the promise settles; fulfilled: dst = value; rejected: throws the reason here
        Await (dst: Write, src: Read) [THROWS | SUSPENDS];
        /// Completes the generator with { value: src, done: true }
        GeneratorReturn (src: Read) [END];
        /// Resolves the async function's promise with src and leaves the frame (to the caller with the promise, if it never
        /// suspended; else to the job)
        AsyncReturn (src: Read) [END];
        /// Completes the async generator's current request with { value: src, done: true } (src was awaited) and drains the queue
        AsyncGeneratorReturn (src: Read) [END];

        // ---------------------------------------------------------------- using declarations
        /// dst = new DisposeCapability (internal value, only for the instructions below)
        NewDisposeList (dst: Write) [];
        /// AddDisposableResource(list, src, hint): hint 0 sync (undefined/null: nothing), 1 async (undefined/null: a marker that
        /// needs an await). TypeError if src is not an object or has no callable @@dispose (@@asyncDispose, falling back to @@dispose)
        AddDisposable (list: Read, src: Read, hint: U8) [THROWS];
        /// Records that the scope completes with the exception `error`: list.error = list has one ? SuppressedError(error,
        /// suppressed = list.error) : error
        DisposeError (list: Read, error: Read) [];
        /// Takes the resources in reverse order: sync ones are disposed at once, an exception is recorded as DisposeError does; for an
        /// async one (or when an await is owed after markers) dst = result of its method (undefined for a marker; an exception is recorded and
        /// counts as undefined without await) and falls through so that the compiler awaits dst and comes back. No more: jump
        DisposeNext (dst: Write, list: Read, offset: Jump) [JUMP];
        /// Throws list.error if there is one; else does nothing
        DisposeEnd (list: Read) [THROWS];
        }
    };
}

macro_rules! define_opcodes {
    ($($(#[$doc:meta])* $name:ident ($($operand:ident : $kind:ident),*) [$($flag:ident)|*];)*) => {
        /// Every opcode; see the table for what each does.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Op { $($(#[$doc])* $name,)* }

        impl Op {
            /// Number of opcodes.
            pub const COUNT: usize = [$(Op::$name),*].len();
            const ALL: [Op; Op::COUNT] = [$(Op::$name),*];
        }

        /// One row per opcode, indexed by the opcode byte.
        pub static OPCODES: [OpInfo; Op::COUNT] = [$(OpInfo::new(
            stringify!($name),
            &[$(Operand { name: stringify!($operand), kind: OperandKind::$kind }),*],
            0 $(| flags::$flag)*,
        )),*];
    };
}

/// Declaration of one operand.
#[derive(Clone, Copy, Debug)]
pub struct Operand {
    /// Name, as in the table.
    pub name: &'static str,
    /// Kind, which decides the encoding.
    pub kind: OperandKind,
}

/// Declaration of one opcode.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// Name, as in the table.
    pub name: &'static str,
    /// Operands in order of declaration.
    pub operands: &'static [Operand],
    /// Set of [`flags`].
    pub flags: u8,
    /// Length of the instruction in words.
    pub words: u8,
}

impl OpInfo {
    const fn new(name: &'static str, operands: &'static [Operand], flags: u8) -> Self {
        let mut words = 1;
        let mut i = 0;
        while i < operands.len() {
            if operands[i].kind.inline_bytes() == 0 {
                words += 1;
            }
            i += 1;
        }
        Self {
            name,
            operands,
            flags,
            words,
        }
    }

    /// Whether all of `set` is in the flags.
    pub const fn has(&self, set: u8) -> bool {
        self.flags & set == set
    }
}

for_each_opcode!(define_opcodes);

const _: () = assert!(Op::COUNT <= 256);

impl Op {
    /// The opcode of byte `byte`, if there is one.
    pub fn from_u8(byte: u8) -> Option<Op> {
        Self::ALL.get(usize::from(byte)).copied()
    }

    /// The row of the table.
    #[inline]
    pub fn info(self) -> &'static OpInfo {
        &OPCODES[self as usize]
    }

    /// Length in words.
    #[inline]
    pub fn words(self) -> usize {
        usize::from(self.info().words)
    }
}

/// Immediate of `TestTypeof`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum TypeofWhat {
    /// "undefined" (also for objects with [[IsHTMLDDA]])
    Undefined = 0,
    /// "boolean"
    Boolean = 1,
    /// "number"
    Number = 2,
    /// "bigint"
    BigInt = 3,
    /// "string"
    String = 4,
    /// "symbol"
    Symbol = 5,
    /// "function"
    Function = 6,
    /// "object" (also null)
    Object = 7,
}

/// Immediate of `Decorate`: what it does with the registers `b+0`, `b+1`, … and `flags`.
///
/// *Hooks* are an array of two arrays: the initializers that decorators returned for a field, in order of application, and
/// those they gave to `addInitializer`. A *definition* is an array that collects the elements of a class: two arrays
/// (`addInitializer` of static methods, and of the class), then what `AddElement` adds.
/// A list of decorators is an array of functions, each followed by its `this`; undefined for none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum DecorateWhat {
    /// For the property key or private name in b+0: b+0 = the private name of the storage, b+1 = the getter, b+2 = the setter
    AutoAccessor = 0,
    /// Adds to the definition b+0 an element with key b+1, decorators b+2, function or getter b+3, setter b+4, hooks b+5. `flags`:
    /// see [`element`]. No user code runs
    AddElement = 1,
    /// Applies the decorators of all elements of the definition b+0 of the class b+1 with prototype b+2 and defines its methods
    /// and accessors; then applies the class's own decorators b+3 with the name b+4. b+0 = the class, perhaps a replacement.
    /// `flags & 1`: the class has a heritage
    Apply = 2,
    /// Runs the initializers of the hooks b+1 with `this` b+2: the first gets b+0, each other what the one before it
    /// returned; b+0 = the last result
    RunInitializers = 3,
    /// Calls all functions of array number `flags` of the array b+0, with `this` b+1
    RunExtra = 4,
}

impl DecorateWhat {
    /// Number of registers that are read.
    pub const fn registers(self) -> u32 {
        match self {
            DecorateWhat::AutoAccessor => 1,
            DecorateWhat::AddElement => 6,
            DecorateWhat::Apply => 5,
            DecorateWhat::RunInitializers => 3,
            DecorateWhat::RunExtra => 2,
        }
    }

    /// Number of registers that are written.
    pub const fn results(self) -> u32 {
        match self {
            DecorateWhat::AutoAccessor => 3,
            DecorateWhat::Apply | DecorateWhat::RunInitializers => 1,
            DecorateWhat::AddElement | DecorateWhat::RunExtra => 0,
        }
    }

    /// What the immediate stands for.
    pub const fn from_operand(operand: u8) -> Option<DecorateWhat> {
        Some(match operand {
            0 => DecorateWhat::AutoAccessor,
            1 => DecorateWhat::AddElement,
            2 => DecorateWhat::Apply,
            3 => DecorateWhat::RunInitializers,
            4 => DecorateWhat::RunExtra,
            _ => return None,
        })
    }
}

/// Flags of an element of a class with decorators.
pub mod element {
    /// A method. The first three are those of `DefineMethod`.
    pub const METHOD: u32 = 0;
    /// A getter.
    pub const GETTER: u32 = 1;
    /// A setter.
    pub const SETTER: u32 = 2;
    /// A field.
    pub const FIELD: u32 = 3;
    /// An auto-accessor.
    pub const ACCESSOR: u32 = 4;
    /// The bits of the kind.
    pub const KIND: u32 = 7;
    /// `static`
    pub const STATIC: u32 = 8;
    /// The key is a private name.
    pub const PRIVATE: u32 = 16;
}

/// Immediate of `CheckObject`: which message the TypeError has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CheckObjectWhat {
    /// "Iterator result … is not an object"
    IteratorResult = 0,
    /// "… is not an object" for the result of an iterator's `return`
    IteratorReturn = 1,
}

/// Completion kinds in the kind register of `finally`: 0 falls through, 1 throws, 2 and up are the jump table's.
pub mod completion {
    /// Normal completion: fall out of the `finally`.
    pub const NORMAL: i32 = 0;
    /// Rethrow the value register.
    pub const THROW: i32 = 1;
    /// First of the jumps and returns.
    pub const FIRST_EXIT: i32 = 2;
}
