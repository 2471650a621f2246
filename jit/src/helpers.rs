//! The runtime functions that compiled code calls, and the builtins it knows: two tables.

use crate::graph::Rep;

/// Effects of a helper, besides its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HelperEffect {
    /// None: equal arguments give equal results (strings may become flat, and equal strings other cells).
    Pure,
    /// May allocate (and so collect), but runs no JavaScript and changes nothing that code can see.
    Allocates,
    /// Looks into Maps and Sets, and changes nothing that code can see.
    ReadsCollections,
    /// May change Maps, Sets and builtin iterators and allocate; runs no JavaScript.
    ChangesCollections,
    /// Changes contents of array buffers.
    WritesBytes,
    /// May change elements and lengths of arrays and allocate; runs no JavaScript.
    GrowsElements,
    /// May give an object other out-of-line slots with the same contents, and allocate.
    GrowsSlots,
    /// May do anything, JavaScript included.
    Anything,
}

macro_rules! helpers {
    ($($(#[$doc:meta])* $name:ident ($($arg:ident),*) -> $ret:ident [$effect:ident $(, $throws:ident)?];)*) => {
        /// A runtime function. All are `extern "C"` and get the agent first; `Tagged` arguments and results are `u64`, `Int32`
        /// is `i32`, `Bool` results are `u32` 0 or 1, `Float64` is `f64`, `Ptr` is an address.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Helper { $($(#[$doc])* $name,)* }

        /// The table, by helper.
        pub static HELPERS: &[HelperInfo] = &[$(HelperInfo {
            helper: Helper::$name,
            name: stringify!($name),
            args: &[$(Rep::$arg),*],
            ret: Rep::$ret,
            effect: HelperEffect::$effect,
            throws: false $(|| stringify!($throws).len() == 6)?,
        }),*];
    };
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct HelperInfo {
    /// Which.
    pub helper: Helper,
    /// Its name.
    pub name: &'static str,
    /// Arguments after the agent.
    pub args: &'static [Rep],
    /// Result.
    pub ret: Rep,
    /// What else it does.
    pub effect: HelperEffect,
    /// A `Tagged` result may be `EXCEPTION`.
    pub throws: bool,
}

helpers! {
    /// Goes back to the interpreter: (fp, code number << 32 | exit number, where `CompiledCode::spilled` counts from); gives the
    /// result of the compiled function.
    Exit(Ptr, Ptr, Ptr) -> Tagged [Anything];
    /// The prologue's slow path (stack limit or interrupt): 0 to go on, else the function's result: the frame is left, because the
    /// interpreter ran it (there is little native stack) or with EXCEPTION.
    EnterSlow(Ptr, Int32) -> Tagged [Anything];
    /// Code that counts how often it runs is hot (fp).
    Hot(Ptr) -> Tagged [Anything];
    /// Answers an interrupt in a loop (fp, with its position saved): 0 or EXCEPTION.
    Poll(Ptr) -> Tagged [Anything, throws];
    /// ToBoolean.
    Truthy(Tagged) -> Bool [Pure];
    /// Equality of two strings.
    StringEqual(Tagged, Tagged) -> Bool [Pure];
    /// Order of two strings: -1, 0, 1.
    StringCompare(Tagged, Tagged) -> Int32 [Pure];
    /// Concatenation of two strings.
    Concat(Tagged, Tagged) -> Tagged [Allocates, throws];
    /// Concatenation of a number and a string, or a string and a number.
    ConcatNumber(Tagged, Tagged) -> Tagged [Allocates, throws];
    /// An operator on two BigInts (they, and the opcode).
    BigIntBinary(Tagged, Tagged, Int32) -> Tagged [Allocates, throws];
    /// An operator on a BigInt (it, and the opcode).
    BigIntUnary(Tagged, Int32) -> Tagged [Allocates, throws];
    /// Three or four strings or numbers one after the other; the last may be `undefined`, which is none.
    JoinText(Tagged, Tagged, Tagged, Tagged) -> Tagged [Allocates, throws];
    /// Strict equality of any values.
    StrictEqual(Tagged, Tagged) -> Bool [Pure];
    /// Loose equality: 0 or 1, 2 if that takes more than a look at the values.
    LooseEqual(Tagged, Tagged) -> Int32 [Pure];
    /// Whether a prototype is in the chain of a value: 0 or 1, -1 if that takes more than loads.
    IsInstance(Tagged, Tagged) -> Int32 [Allocates];
    /// Strict equality of any value and a string.
    StringIs(Tagged, Tagged) -> Bool [Pure];
    /// The atom that a string equals; any other value as it is.
    AtomOf(Tagged) -> Tagged [Pure];
    /// `typeof`.
    TypeOf(Tagged) -> Tagged [Pure];
    /// Whether `typeof` of a value is the one with that number (`TypeofWhat`).
    TestTypeof(Tagged, Int32) -> Bool [Pure];
    /// Code unit of a string at an index, -1 when out of bounds.
    CharCodeAt(Tagged, Int32) -> Int32 [Pure];
    /// Code point of a string at an index, -1 when out of bounds.
    CodePointAt(Tagged, Int32) -> Int32 [Pure];
    /// One-character string at an index; the empty string when out of bounds.
    CharAt(Tagged, Int32) -> Tagged [Pure];
    /// String of one code unit (ToUint16 of the argument).
    FromCharCode(Int32) -> Tagged [Pure];
    /// Address of the first code unit of a string, which is flat afterwards.
    StringData(Tagged) -> Ptr [Pure];
    /// Length of a typed array as its cell has it, -1 if that is not to be trusted.
    TypedLength(Tagged) -> Int32 [Pure];
    /// ToInt32 of a double.
    DoubleToInt32(Float64) -> Int32 [Pure];
    /// An element in bounds of a typed array of numbers.
    TypedLoad(Tagged, Int32) -> Float64 [Allocates];
    /// Stores an element in bounds of a typed array of numbers.
    TypedStore(Tagged, Int32, Float64) -> Int32 [WritesBytes];
    /// `%` of doubles.
    Mod(Float64, Float64) -> Float64 [Pure];
    /// `**` of doubles.
    Pow(Float64, Float64) -> Float64 [Pure];
    /// Math.round.
    Round(Float64) -> Float64 [Pure];
    /// Math.sin.
    Sin(Float64) -> Float64 [Pure];
    /// Math.cos.
    Cos(Float64) -> Float64 [Pure];
    /// Math.tan.
    Tan(Float64) -> Float64 [Pure];
    /// Math.asin.
    Asin(Float64) -> Float64 [Pure];
    /// Math.acos.
    Acos(Float64) -> Float64 [Pure];
    /// Math.atan.
    Atan(Float64) -> Float64 [Pure];
    /// Math.atan2.
    Atan2(Float64, Float64) -> Float64 [Pure];
    /// Math.exp.
    Exp(Float64) -> Float64 [Pure];
    /// Math.log.
    Log(Float64) -> Float64 [Pure];
    /// Math.log2.
    Log2(Float64) -> Float64 [Pure];
    /// Math.log10.
    Log10(Float64) -> Float64 [Pure];
    /// Math.cbrt.
    Cbrt(Float64) -> Float64 [Pure];
    /// Math.hypot of two.
    Hypot(Float64, Float64) -> Float64 [Pure];
    /// The prototype of an ordinary object, or `null`.
    PrototypeOf(Tagged) -> Tagged [Allocates];
    /// A new cell of that size with that header, all words 0; nothing may look at it before it is filled in.
    NewCell(Int32, Ptr) -> Tagged [Allocates];
    /// A new ordinary object of a shape (address of the shape cell), all slots holes.
    NewObject(Ptr) -> Tagged [Allocates];
    /// A new object of a shape (its cell) whose first inline slots are the values at an address: (shape, values, count).
    NewObjectWith(Ptr, Ptr, Int32) -> Tagged [Allocates];
    /// A new empty array of the realm with room for that many elements.
    NewArray(Int32) -> Tagged [Allocates];
    /// An array of that length, which has no elements.
    NewArrayOfLength(Int32) -> Tagged [Allocates, throws];
    /// A new array of the values at an address: (values, count).
    NewArrayWith(Ptr, Int32) -> Tagged [Allocates];
    /// A new environment: (linked code, scope constant, parent, 1 for undefined slots else holes).
    NewEnvironment(Ptr, Int32, Ptr, Int32) -> Ptr [Allocates];
    /// A copy of an environment.
    CloneEnvironment(Ptr) -> Ptr [Allocates];
    /// A closure: (fp of the frame that creates it, function index).
    NewClosure(Ptr, Int32) -> Tagged [Allocates];
    /// Appends to an array with dense elements, the array's length being in bounds for it: 1, or 0 if it has to be done the general way.
    ArrayPush(Tagged, Tagged) -> Bool [GrowsElements];
    /// The out-of-line slots of an object, with room for so many.
    RoomForSlots(Tagged, Int32) -> Ptr [GrowsSlots];
    /// Stores at an index at or beyond the dense elements of an object: 1, or 0 if it has to be done the general way.
    StoreElementSlow(Tagged, Int32, Tagged) -> Bool [GrowsElements];
    /// The number of a key's entry in the table of a Map (kind checked by the caller): (map, key). -1 if there is none.
    FindInMap(Tagged, Tagged) -> Int32 [ReadsCollections];
    /// The same of a Set.
    FindInSet(Tagged, Tagged) -> Int32 [ReadsCollections];
    /// The list of actual arguments that a frame keeps: (values, count).
    NewActuals(Ptr, Int32) -> Ptr [Allocates];
    /// Whether a call of a builtin may enter its body: (native function, this, first argument, argument count).
    SuitsBody(Ptr, Tagged, Tagged, Int32) -> Bool [Allocates];
    /// Map.prototype.set of a key that is not there: 1, or 0 if it has to be done the general way.
    MapAppend(Tagged, Tagged, Tagged) -> Bool [ChangesCollections];
    /// Set.prototype.add of a key that is not there: 1, or 0 if it has to be done the general way.
    SetAppend(Tagged, Tagged) -> Bool [ChangesCollections];
    /// delete of a Map or Set: 0 or 1, or 2 if it has to be done the general way.
    CollectionDelete(Tagged, Tagged) -> Int32 [ChangesCollections];
    /// Number of entries of a Map or Set.
    CollectionSize(Tagged) -> Int32 [Allocates];
    /// Array.prototype.pop of an array with elements: the last one, or the hole if it has to be done the general way.
    ArrayPop(Tagged) -> Tagged [GrowsElements];
    /// Array.prototype.shift of an array with dense elements, as `ArrayPop`.
    ArrayShift(Tagged) -> Tagged [GrowsElements];
    /// Array.prototype.indexOf from the start: the index, -1, or -2 if it has to be done the general way.
    ArrayIndexOf(Tagged, Tagged) -> Int32 [Allocates];
    /// Array.prototype.lastIndexOf from the end: as `ArrayIndexOf`.
    ArrayLastIndexOf(Tagged, Tagged) -> Int32 [Allocates];
    /// Array.prototype.slice of an array: (array, from, to) relative to its ends. The lazy marker, with nothing done, if it has to be done
    /// the general way.
    ArraySlice(Tagged, Int32, Int32) -> Tagged [Allocates];
    /// String.fromCodePoint of one.
    FromCodePoint(Int32) -> Tagged [Allocates];
    /// parseFloat of a string.
    ParseFloat(Tagged) -> Float64 [Pure];
    /// Array.prototype.includes from the start: 0 or 1, or 2 if it has to be done the general way.
    ArrayIncludes(Tagged, Tagged) -> Int32 [Allocates];
    /// A property that the table of loads does not find: (object, key). The lazy marker if it takes JavaScript or an error.
    LoadCached(Tagged, Tagged) -> Tagged [Anything];
    /// The closure that is to be called for a property: (object, key). The lazy marker if there is none, or it is something else.
    FindGetter(Tagged, Tagged) -> Tagged [Anything];
    /// The closure that is a proxy's trap: (object, its name, key of the property or the lazy marker). The lazy marker if the object is
    /// no proxy, or that takes more than a look.
    FindTrap(Tagged, Tagged, Tagged) -> Tagged [Anything];
    /// ToPropertyKey of what is no object, as a value; the lazy marker for objects.
    TrapKey(Tagged) -> Tagged [Allocates];
    /// What a load gives of which a `get` trap was asked: (target, key, answer of the trap).
    TrapGot(Tagged, Tagged, Tagged) -> Tagged [Anything, throws];
    /// Ends a store that a `set` trap did: (target, key, value, answer of the trap, the proxy or `undefined` where a refusal is no error).
    TrapStored(Tagged, Tagged, Tagged, Tagged, Tagged) -> Tagged [Anything, throws];
    /// A store that the table of stores does not find: (object, key, value). 1, or 0 if it has to be done the general way.
    StoreCached(Tagged, Tagged, Tagged) -> Bool [Anything];
    /// `key in object`: (object, key): 0 or 1, -1 if it has to be done the general way.
    HasProperty(Tagged, Tagged) -> Int32 [Anything];
    /// Whether an object has an own property: (object, key): 0 or 1, -1 if it has to be done the general way.
    HasOwn(Tagged, Tagged) -> Int32 [Allocates];
    /// The string of a number or string.
    NumberToString(Tagged) -> Tagged [Pure];
    /// String.prototype.substring.
    Substring(Tagged, Int32, Int32) -> Tagged [Pure];
    /// String.prototype.slice.
    StringSlice(Tagged, Int32, Int32) -> Tagged [Pure];
    /// String.prototype.indexOf: (string, what, from).
    StringIndexOf(Tagged, Tagged, Int32) -> Int32 [Pure];
    /// String.prototype.startsWith: (string, what, at).
    StringStartsWith(Tagged, Tagged, Int32) -> Bool [Pure];
    /// String.prototype.endsWith.
    StringEndsWith(Tagged, Tagged) -> Bool [Pure];
    /// Calls a function whose window is complete (fp of the caller, window address, argument count): the result.
    CallWindow(Ptr, Ptr, Int32) -> Tagged [Anything, throws];
    /// Elements that hold some values of others: (elements, first, end). Holes become `undefined`.
    ListElements(Ptr, Int32, Int32) -> Ptr [Allocates];
    /// Calls a function whose window holds callee, `this` and some arguments, with more in a list: (fp of the caller, window
    /// address, arguments in the window, elements, arguments in them). Holes are `undefined`.
    CallListed(Ptr, Ptr, Int32, Ptr, Int32) -> Tagged [Anything, throws];
    /// Calls a native function: as `CallWindow`.
    CallNative(Ptr, Ptr, Int32) -> Tagged [Anything, throws];
    /// Constructs: (fp of the caller, window address, argument count, new.target).
    ConstructWindow(Ptr, Ptr, Int32, Tagged) -> Tagged [Anything, throws];
    /// Whether a frame is in the lower half of the JavaScript stack.
    HasMuchStack(Ptr) -> Bool [Pure];
    /// A step over what is probably a generator: (fp, iterator, its `next`): the value, or the hole at the end, or the lazy marker if it
    /// has to be done the general way.
    StepGenerator(Ptr, Tagged, Tagged) -> Tagged [Anything, throws];
    /// What a step gives whose generator was left with a value other than at a `yield`: (generator, value). Answers as
    /// `StepGenerator`'s.
    AfterStep(Tagged, Tagged) -> Tagged [Anything];
    /// A step over what is probably a builtin iterator: (iterator, its `next`), answers as `StepGenerator`'s.
    StepNative(Tagged, Tagged) -> Tagged [ChangesCollections];
    /// A step of an array iterator, whatever it gives: the element; else as `StepGenerator`.
    StepElement(Tagged) -> Tagged [ChangesCollections];
    /// Brings a Map or Set iterator to the next entry: 1, or 0 if there is none.
    SeekEntry(Tagged) -> Int32 [ChangesCollections];
    /// Resumes a generator (kind checked by the caller) with a value: (fp, `next`, generator, value): what it is left with. Its
    /// state says whether it is done, or passed on the result object of another iterator.
    ResumeGenerator(Ptr, Tagged, Tagged, Tagged) -> Tagged [Anything, throws];
    /// Calls the `next` of generators: (fp, callee, this, argument).
    GeneratorNext(Ptr, Tagged, Tagged, Tagged) -> Tagged [Anything, throws];
    /// `await` of an async function: (its frame, its activation, value): what the frame is left with, once the code has stored what lives
    /// to the activation; the hole, with nothing done, if the instruction has to be run as it is.
    Await(Ptr, Tagged, Tagged) -> Tagged [ChangesCollections];
    /// An exception leaves an activation of a generator or async function (its frame): the result with which it is left, or
    /// EXCEPTION.
    ThrowOut(Ptr) -> Tagged [Anything];
    /// A handler begins: makes the frame (the compiled function's own) the innermost one and takes the exception that is on its
    /// way; EXCEPTION for faults, which nothing handles.
    TakeException(Ptr) -> Tagged [Allocates, throws];
    /// Notes an old cell that another cell was stored into, for the next minor collection: 0.
    LogCell(Tagged) -> Int32 [Pure];
}

impl Helper {
    /// The row.
    pub fn info(self) -> &'static HelperInfo {
        &HELPERS[self as usize]
    }
}

macro_rules! builtins {
    ($($(#[$doc:meta])* $name:ident = $path:literal,)*) => {
        /// Builtins that calls are replaced for.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Builtin { $($(#[$doc])* $name,)* }
        /// Where each is found from the global object of a fresh realm: names of properties, `^` for the prototype, `get` in
        /// front of the name of an accessor.
        pub static BUILTINS: &[(Builtin, &str)] = &[$((Builtin::$name, $path),)*];
    };
}

builtins! {
    /// %IsBeingInterpreted
    IsBeingInterpreted = "%IsBeingInterpreted",
    /// Math.abs
    MathAbs = "Math.abs",
    /// Math.ceil
    MathCeil = "Math.ceil",
    /// Math.floor
    MathFloor = "Math.floor",
    /// Math.trunc
    MathTrunc = "Math.trunc",
    /// Math.round
    MathRound = "Math.round",
    /// Math.sign
    MathSign = "Math.sign",
    /// Math.sqrt
    MathSqrt = "Math.sqrt",
    /// Math.cbrt
    MathCbrt = "Math.cbrt",
    /// Math.min
    MathMin = "Math.min",
    /// Math.max
    MathMax = "Math.max",
    /// Math.pow
    MathPow = "Math.pow",
    /// Math.sin
    MathSin = "Math.sin",
    /// Math.cos
    MathCos = "Math.cos",
    /// Math.tan
    MathTan = "Math.tan",
    /// Math.asin
    MathAsin = "Math.asin",
    /// Math.acos
    MathAcos = "Math.acos",
    /// Math.atan
    MathAtan = "Math.atan",
    /// Math.atan2
    MathAtan2 = "Math.atan2",
    /// Math.exp
    MathExp = "Math.exp",
    /// Math.log
    MathLog = "Math.log",
    /// Math.log2
    MathLog2 = "Math.log2",
    /// Math.log10
    MathLog10 = "Math.log10",
    /// Math.hypot
    MathHypot = "Math.hypot",
    /// Math.imul
    MathImul = "Math.imul",
    /// Math.clz32
    MathClz32 = "Math.clz32",
    /// Math.fround
    MathFround = "Math.fround",
    /// Array
    Array = "Array",
    /// Array.isArray
    ArrayIsArray = "Array.isArray",
    /// Array.prototype.push
    ArrayPush = "Array.prototype.push",
    /// Array.prototype.pop
    ArrayPop = "Array.prototype.pop",
    /// Number.isFinite
    NumberIsFinite = "Number.isFinite",
    /// Number.isSafeInteger
    NumberIsSafeInteger = "Number.isSafeInteger",
    /// isFinite
    IsFinite = "isFinite",
    /// Number as a function
    NumberCall = "Number",
    /// String as a function
    StringCall = "String",
    /// Boolean as a function
    BooleanCall = "Boolean",
    /// Number.prototype.toString
    NumberToString = "Number.prototype.toString",
    /// String.prototype.toString
    StringToString = "String.prototype.toString",
    /// String.prototype.valueOf
    StringValueOf = "String.prototype.valueOf",
    /// String.prototype.at
    StringAt = "String.prototype.at",
    /// String.prototype.substring
    StringSubstring = "String.prototype.substring",
    /// String.prototype.slice
    StringSlice = "String.prototype.slice",
    /// String.prototype.indexOf
    StringIndexOf = "String.prototype.indexOf",
    /// String.prototype.includes
    StringIncludes = "String.prototype.includes",
    /// String.prototype.startsWith
    StringStartsWith = "String.prototype.startsWith",
    /// String.prototype.endsWith
    StringEndsWith = "String.prototype.endsWith",
    /// Array.prototype.shift
    ArrayShift = "Array.prototype.shift",
    /// Array.prototype.slice
    ArraySlice = "Array.prototype.slice",
    /// Array.prototype.indexOf
    ArrayIndexOf = "Array.prototype.indexOf",
    /// Array.prototype.at
    ArrayAt = "Array.prototype.at",
    /// Array.prototype.lastIndexOf
    ArrayLastIndexOf = "Array.prototype.lastIndexOf",
    /// parseFloat, which is Number.parseFloat
    ParseFloat = "parseFloat",
    /// Array.prototype.includes
    ArrayIncludes = "Array.prototype.includes",
    /// Map.prototype.set
    MapSet = "Map.prototype.set",
    /// Map.prototype.delete
    MapDelete = "Map.prototype.delete",
    /// get Map.prototype.size
    MapSize = "Map.prototype.get size",
    /// Set.prototype.add
    SetAdd = "Set.prototype.add",
    /// Set.prototype.delete
    SetDelete = "Set.prototype.delete",
    /// get Set.prototype.size
    SetSize = "Set.prototype.get size",
    /// get %TypedArray%.prototype.length
    TypedLength = "Int8Array.^.prototype.get length",
    /// DataView.prototype.getInt8
    ViewGetInt8 = "DataView.prototype.getInt8",
    /// DataView.prototype.setInt8
    ViewSetInt8 = "DataView.prototype.setInt8",
    /// DataView.prototype.getUint8
    ViewGetUint8 = "DataView.prototype.getUint8",
    /// DataView.prototype.setUint8
    ViewSetUint8 = "DataView.prototype.setUint8",
    /// DataView.prototype.getInt16
    ViewGetInt16 = "DataView.prototype.getInt16",
    /// DataView.prototype.setInt16
    ViewSetInt16 = "DataView.prototype.setInt16",
    /// DataView.prototype.getUint16
    ViewGetUint16 = "DataView.prototype.getUint16",
    /// DataView.prototype.setUint16
    ViewSetUint16 = "DataView.prototype.setUint16",
    /// DataView.prototype.getInt32
    ViewGetInt32 = "DataView.prototype.getInt32",
    /// DataView.prototype.setInt32
    ViewSetInt32 = "DataView.prototype.setInt32",
    /// DataView.prototype.getUint32
    ViewGetUint32 = "DataView.prototype.getUint32",
    /// DataView.prototype.setUint32
    ViewSetUint32 = "DataView.prototype.setUint32",
    /// DataView.prototype.getFloat32
    ViewGetFloat32 = "DataView.prototype.getFloat32",
    /// DataView.prototype.setFloat32
    ViewSetFloat32 = "DataView.prototype.setFloat32",
    /// DataView.prototype.getFloat64
    ViewGetFloat64 = "DataView.prototype.getFloat64",
    /// DataView.prototype.setFloat64
    ViewSetFloat64 = "DataView.prototype.setFloat64",
    /// Atomics.load
    AtomicsLoad = "Atomics.load",
    /// Atomics.store
    AtomicsStore = "Atomics.store",
    /// Atomics.add
    AtomicsAdd = "Atomics.add",
    /// Atomics.sub
    AtomicsSub = "Atomics.sub",
    /// Atomics.and
    AtomicsAnd = "Atomics.and",
    /// Atomics.or
    AtomicsOr = "Atomics.or",
    /// Atomics.xor
    AtomicsXor = "Atomics.xor",
    /// Atomics.exchange
    AtomicsExchange = "Atomics.exchange",
    /// Atomics.compareExchange
    AtomicsCompareExchange = "Atomics.compareExchange",
    /// String.fromCharCode
    StringFromCharCode = "String.fromCharCode",
    /// String.fromCodePoint
    StringFromCodePoint = "String.fromCodePoint",
    /// String.prototype.charCodeAt
    StringCharCodeAt = "String.prototype.charCodeAt",
    /// String.prototype.codePointAt
    StringCodePointAt = "String.prototype.codePointAt",
    /// String.prototype.charAt
    StringCharAt = "String.prototype.charAt",
    /// Number.isInteger
    NumberIsInteger = "Number.isInteger",
    /// Number.isNaN
    NumberIsNaN = "Number.isNaN",
    /// isNaN
    IsNaN = "isNaN",
    /// parseInt
    ParseInt = "parseInt",
    /// Object.hasOwn
    ObjectHasOwn = "Object.hasOwn",
    /// Object.prototype.hasOwnProperty
    HasOwnProperty = "Object.prototype.hasOwnProperty",
    /// Object.is
    ObjectIs = "Object.is",
    /// Map.prototype.get
    MapGet = "Map.prototype.get",
    /// Map.prototype.has
    MapHas = "Map.prototype.has",
    /// Set.prototype.has
    SetHas = "Set.prototype.has",
    /// The `next` of generators
    GeneratorNext = "%GeneratorPrototype%.next",
    /// The `next` of iterators of arrays and their like
    ArrayIteratorNext = "%ArrayIteratorPrototype%.next",
    /// The `next` of iterators of Maps
    MapIteratorNext = "%MapIteratorPrototype%.next",
    /// The `next` of iterators of Sets
    SetIteratorNext = "%SetIteratorPrototype%.next",
    /// The `next` of iterators of strings
    StringIteratorNext = "%StringIteratorPrototype%.next",
}

impl Builtin {
    /// Whether it makes objects of the realm that it belongs to.
    pub fn is_of_realm(self) -> bool {
        use Builtin::*;
        let makers = [
            GeneratorNext,
            ArrayIteratorNext,
            MapIteratorNext,
            SetIteratorNext,
            StringIteratorNext,
            ArraySlice,
        ];
        makers.contains(&self)
    }
}
