//! What compiled code knows of the runtime's memory: tags of values, the frame, offsets, absolute addresses.
//!
//! The constants are checked against the runtime's own at compile time in `interp/src/tier/`; [`Layout`] is filled there.

/// Bits of values (see `runtime/src/value.rs`).
pub mod value {
    /// Absence of a value.
    pub const HOLE: u64 = 0;
    /// `null`.
    pub const NULL: u64 = 0x02;
    /// `undefined`.
    pub const UNDEFINED: u64 = 0x0a;
    /// `false`; `true` is one more.
    pub const FALSE: u64 = 0x06;
    /// `true`.
    pub const TRUE: u64 = 0x07;
    /// "An exception is on its way."
    pub const EXCEPTION: u64 = 0x12;
    /// "Something else has to be done."
    pub const LAZY: u64 = 0x16;
    /// Smallest int32.
    pub const INT_TAG: u64 = 0xFFFE_0000_0000_0000;
    /// What is added to the bits of a double; also the smallest number.
    pub const DOUBLE_OFFSET: u64 = 1 << 49;
    /// Cells are at least this …
    pub const FIRST_POINTER: u64 = 0x1000;
    /// … and below this.
    pub const POINTER_LIMIT: u64 = 1 << 48;
    /// The one NaN.
    pub const CANONICAL_NAN: u64 = 0x7FF8_0000_0000_0000;
}

/// Word indexes of a frame and bits of its packed word (see `interp/src/frame.rs`).
pub mod frame {
    /// The callee.
    pub const CALLEE: u32 = 0;
    /// The caller's frame pointer.
    pub const CALLER: u32 = 1;
    /// Where the caller goes on.
    pub const RETURN_PC: u32 = 2;
    /// The linked code.
    pub const CODE: u32 = 3;
    /// Argument count, destination, flags.
    pub const INFO: u32 = 4;
    /// new.target.
    pub const NEW_TARGET: u32 = 5;
    /// The environment (0 for none).
    pub const ENV: u32 = 6;
    /// The saved position.
    pub const SAVED_PC: u32 = 7;
    /// `this`.
    pub const THIS: u32 = 8;
    /// The first argument.
    pub const ARGS: u32 = 9;
    /// Position of the destination register in the packed word.
    pub const DST_SHIFT: u32 = 32;
    /// Leaving the frame ends the activation of the dispatch loop.
    pub const FLAG_ENTRY: u64 = 1 << 48;
    /// A result that is no object is replaced by `this`.
    pub const FLAG_CONSTRUCT: u64 = 1 << 49;
    /// A suspended activation goes on.
    pub const FLAG_RESUMED: u64 = 1 << 51;
    /// The frame is left with the plain value.
    pub const FLAG_STEP: u64 = 1 << 54;
    /// The registers are still in the generator, which stands in the word of new.target.
    pub const FLAG_IN_CELL: u64 = 1 << 56;
    /// In the call word of a linked code: `this` and new.target come from the closure.
    pub const CALL_ARROW: u32 = 1 << 16;
    /// In the call word, in place of the number of parameters: calls need more than a frame.
    pub const CALL_SPECIAL: u32 = 0xFFFF;
    /// In the call word: the list of actual arguments goes to the register whose number begins at `CALL_ACTUALS_SHIFT`.
    pub const CALL_ACTUALS: u32 = 1 << 17;
    /// See `CALL_ACTUALS`.
    pub const CALL_ACTUALS_SHIFT: u32 = 18;
}

/// Header of a cell: `shape:32 | kind:8 | flags:8 | gc:8 | aux:8`.
pub mod header {
    /// Byte offset of the shape id (32 bits).
    pub const SHAPE: i32 = 0;
    /// Byte offset of the kind.
    pub const KIND: i32 = 4;
    /// Byte offset of the flags.
    pub const FLAGS: i32 = 5;
    /// Byte offset of the collector's byte.
    pub const GC: i32 = 6;
    /// Bit of the collector's byte: a store of a cell has to be noted.
    pub const OLD: u8 = 4;
    /// Byte offset of the auxiliary byte.
    pub const AUX: i32 = 7;
}

/// Strings: flags in the header, and where their parts are.
pub mod string {
    /// Flag: units are bytes. It never changes.
    pub const LATIN1: u8 = 1;
    /// Flag: a concatenation that was not flattened yet.
    pub const ROPE: u8 = 2;
    /// Flag: a part of another string.
    pub const SLICE: u8 = 4;
    /// Flag: two such strings are equal only if they are the same cell.
    pub const ATOM: u8 = 8;
    /// Byte offset of the first unit of a flat string.
    pub const DATA: i64 = 16;
    /// Byte offset of a slice's base, a flat string.
    pub const SLICE_BASE: i32 = 16;
    /// Byte offset of a slice's first unit, in units (64 bits).
    pub const SLICE_OFFSET: i32 = 24;
}

/// Maps and Sets: their tables' hashes (see `runtime/src/object/collections.rs`).
pub mod collection {
    /// The bits of a key times this …
    pub const HASH_FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    /// … shifted by this are the hash of a number …
    pub const HASH_SHIFT: i64 = 32;
    /// … and of an object, if its address was shifted by this before.
    pub const ADDRESS_SHIFT: i64 = 3;
    /// Buckets of a table for each entry that it has room for, a power of two.
    pub const BUCKETS_PER_ENTRY: i64 = 2;
}

/// Generators (see `runtime/src/object/generator.rs`).
pub mod generator {
    /// The word of a generator's state: at a `yield`.
    pub const SUSPENDED: u32 = 0x0001_0001;
    /// The same at a `yield*`, left with a plain value.
    pub const DELEGATED: u32 = 0x0002_0001;
    /// The same, left with the result object of another iterator.
    pub const PASSED: u32 = 0x0102_0001;
    /// The same while it runs.
    pub const EXECUTING: u32 = 0x0001_0002;
    /// The same when it has ended.
    pub const COMPLETED: u32 = 0x0001_0005;
    /// The word of an async function at an `await`.
    pub const AWAITING: u32 = 0x0003_0202;
    /// What of the word says that it was left with a plain value …
    pub const PLAIN_MASK: u32 = 0xFF00_FFFF;
    /// … if that is this.
    pub const PLAIN: u32 = 0x0000_0001;
    /// What of the word is the state.
    pub const STATE_MASK: u32 = 0xFF;
    /// Of the word that says where compiled code goes on: the place.
    pub const PLACE_MASK: u32 = 0xFFFF;
    /// Of the same word: position of the register that gets what is sent.
    pub const REGISTER_SHIFT: u32 = 16;
    /// The word if it was not compiled code that suspended the generator.
    pub const NO_RESUME: u32 = u32::MAX;
}

/// The tables of what loads and stores at sites with many shapes do: entries by shape and key, which say where the property is.
pub mod cache {
    /// Entries of a table.
    pub const SIZE: u32 = 4096;
    /// What of shape ^ [`hash`] is the number of the entry.
    pub const MASK: u32 = SIZE - 1;
    /// Bytes of an entry.
    pub const ENTRY_SIZE: i64 = 40;
    /// Byte offset of the key's bits.
    pub const KEY: i32 = 0;
    /// Byte offset of the shape, 32 bits.
    pub const SHAPE: i32 = 8;
    /// Byte offset of `kind:8 | byte offset of the property:24`.
    pub const HANDLER: i32 = 12;
    /// Byte offset of the cell that has the property of a prototype.
    pub const CELL: i32 = 16;
    /// Byte offset of the validity cell of the prototypes.
    pub const VALIDITY: i32 = 24;
    /// Position of the property's offset behind the kind.
    pub const OFFSET_SHIFT: i64 = 8;
    /// Kind: in the object.
    pub const OWN: i64 = 1;
    /// Kind: in the object's slots cell.
    pub const OWN_SLOTS: i64 = 2;
    /// Kind (loads): in a prototype or its slots cell.
    pub const PROTO: i64 = 3;
    /// Kind (loads): an accessor in the object, for which something is to be called.
    pub const ACCESSOR: i64 = 4;
    /// Kind (loads): an accessor in the object's slots cell.
    pub const ACCESSOR_SLOTS: i64 = 5;
    /// Kind (loads): an accessor in a prototype or its slots cell. The kinds from here to [`PROTO`] are accessors.
    pub const LAST_ACCESSOR: i64 = 6;

    /// Spreads keys, which lie close together as shapes do.
    pub const HASH_FACTOR: u32 = 0x9E37_79B1;
    /// The upper half is what was spread.
    pub const HASH_SHIFT: u32 = 16;

    /// What a key gives to the number of its entries.
    #[inline(always)]
    pub const fn hash(key: u64) -> u32 {
        (key as u32).wrapping_mul(HASH_FACTOR) >> HASH_SHIFT
    }
}

/// Offsets, kinds and addresses of one agent.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Kind bytes.
    pub kinds: Kinds,
    /// Byte offsets.
    pub offsets: Offsets,
    /// Header flag: internal methods are overridden.
    pub exotic_flag: u8,
    /// Header flag: callable.
    pub callable_flag: u8,
    /// Header flag: [[IsHTMLDDA]].
    pub htmldda_flag: u8,
    /// Address of the agent.
    pub agent: u64,
    /// Address of the word where shells put what helpers answer. It is near the agent, and nothing that collections look at.
    pub answer: u64,
    /// Address of the word that holds the innermost frame pointer.
    pub vm_fp: u64,
    /// Address of the 32-bit interrupt word.
    pub interrupt: u64,
    /// End of the JavaScript stack (an address).
    pub stack_limit: u64,
    /// Lowest address the native stack pointer may have.
    pub native_stack_limit: u64,
    /// Address of the heap's bump cursor (see `Heap::bump`), 0 when code may not allocate inline.
    pub heap_cursor: u64,
    /// Address of the bump limit.
    pub heap_limit: u64,
    /// Whether the heap has generations, so that stores of cells into old ones have to be noted.
    pub barriers: bool,
    /// Byte offset of the start bits in chunks of 1 MiB, one for 16 bytes.
    pub start_bits: i32,
    /// The elements of objects without elements.
    pub empty_elements: u64,
    /// Rust function of the `next` of Map iterators.
    pub map_next: u64,
    /// Rust function of the `next` of Set iterators.
    pub set_next: u64,
    /// Rust function of the `next` of string iterators.
    pub string_next: u64,
    /// Rust function of the `next` of array iterators.
    pub array_next: u64,
    /// Rust function of the `next` of generators.
    pub generator_next: u64,
    /// Native entry of codes without compiled code.
    pub interpreter_entry: u64,
    /// Value bits of the table of one-character strings' first cell address array (256 words), 0 if there is none.
    pub char_strings: u64,
    /// The table of loads (see [`cache`]), 0 if there is none.
    pub load_table: u64,
    /// The table of stores, 0 if there is none.
    pub store_table: u64,
    /// The strings `get` and `set`, names of traps.
    pub trap_names: [u64; 2],
    /// Address of the word that says where the table from shape ids to shapes is, 0 if compiled code may not look.
    pub shape_table: u64,
}

/// Kind bytes of cells that compiled code asks for.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    /// Strings.
    pub string: u8,
    /// Symbols.
    pub symbol: u8,
    /// BigInts.
    pub bigint: u8,
    /// The first kind that is an object.
    pub first_object: u8,
    /// Ordinary objects.
    pub object: u8,
    /// Arrays.
    pub array: u8,
    /// Closures.
    pub function: u8,
    /// Functions of Rust.
    pub native_function: u8,
    /// Typed arrays.
    pub typed_array: u8,
    /// DataViews.
    pub data_view: u8,
    /// Dense elements.
    pub elements: u8,
    /// Environments.
    pub environment: u8,
    /// Maps.
    pub map: u8,
    /// Sets.
    pub set: u8,
    /// Iterators of Maps.
    pub map_iterator: u8,
    /// Iterators of Sets.
    pub set_iterator: u8,
    /// Iterators of arrays and typed arrays.
    pub array_iterator: u8,
    /// Iterators of strings.
    pub string_iterator: u8,
    /// Proxies.
    pub proxy: u8,
    /// Generators.
    pub generator: u8,
}

/// Byte offsets in cells.
#[derive(Clone, Debug, Default)]
pub struct Offsets {
    /// Object: pointer to the out-of-line slots.
    pub slots: i32,
    /// Out-of-line slots: the first one.
    pub slot_values: i32,
    /// Object: pointer to the elements.
    pub elements: i32,
    /// Object: first slot in the object itself.
    pub inline_slots: i32,
    /// Elements: capacity (64 bits, below 2^31).
    pub capacity: i32,
    /// Elements: first value.
    pub values: i32,
    /// Array: length (32 bits).
    pub array_length: i32,
    /// String: length (32 bits).
    pub string_length: i32,
    /// String: hash (32 bits), 0 if it is not known yet.
    pub string_hash: i32,
    /// Typed array: length in elements (64 bits).
    pub typed_length: i32,
    /// Typed array: data pointer.
    pub typed_data: i32,
    /// Typed array: element type (8 bits).
    pub typed_type: i32,
    /// DataView: bytes that may be accessed where its buffer is not detached (32 bits, below 2^31), 0 if that is to be asked for.
    pub view_length: i32,
    /// DataView: byte offset in the buffer (64 bits).
    pub view_offset: i32,
    /// DataView: the buffer.
    pub view_buffer: i32,
    /// Buffer: its first byte, null once it is detached.
    pub buffer_data: i32,
    /// Proxy: target and handler, both null after revocation.
    pub proxy_target: i32,
    /// Proxy: handler.
    pub proxy_handler: i32,
    /// Closure: linked code.
    pub function_code: i32,
    /// Closure: environment.
    pub function_env: i32,
    /// Arrow: captured `this`.
    pub arrow_this: i32,
    /// Arrow: captured new.target.
    pub arrow_new_target: i32,
    /// Arrow: the active function.
    pub arrow_active: i32,
    /// Size of closures.
    pub function_size: i32,
    /// Size of arrays.
    pub array_size: i32,
    /// Environment: parent.
    pub env_parent: i32,
    /// Environment: the code that owns the scope.
    pub env_code: i32,
    /// Environment: index of the scope (32 bits), then number of slots (32 bits).
    pub env_scope: i32,
    /// Environment: first slot.
    pub env_slots: i32,
    /// Property cell: value.
    pub cell_value: i32,
    /// Validity cell: a byte that is 1 while valid.
    pub validity: i32,
    /// Linked code: pointer to its native entry (never null).
    pub native_entry: i32,
    /// Linked code: the call word (32 bits): parameters in the low 16, 0xFFFF if calls need more than a frame; bit 16 for
    /// arrow functions; bit 17 and the register above it for lists of actual arguments.
    pub call_word: i32,
    /// Linked code: its realm.
    pub code_realm: i32,
    /// Native function: its Rust function.
    pub native_code: i32,
    /// Map or Set iterator: its table, or a value that is no cell.
    pub iterator_table: i32,
    /// Map or Set iterator: next index in the table, an int32 value.
    pub iterator_index: i32,
    /// Map or Set iterator: what it gives (0 keys, 1 values, 2 pairs), an int32 value.
    pub iterator_kind: i32,
    /// Array iterator: next index, a value.
    pub array_iterator_index: i32,
    /// Array iterator: what it gives, as `iterator_kind`.
    pub array_iterator_kind: i32,
    /// String iterator: the string, `undefined` at the end.
    pub string_iterator_string: i32,
    /// String iterator: next position, an int32 value.
    pub string_iterator_index: i32,
    /// Generator: a word of its state, kind, and what suspended it (32 bits).
    pub generator_state: i32,
    /// Generator: number of its words (32 bits).
    pub generator_length: i32,
    /// Generator: place of the instruction that suspended it (32 bits), then where compiled code goes on and the register of what
    /// is sent (16 bits each; all ones if compiled code did not suspend it).
    pub generator_offset: i32,
    /// Generator: first word of its frame.
    pub generator_words: i32,
    /// Map or Set: pointer to its table, null while there is none.
    pub table: i32,
    /// Table of a Map or Set: capacity (32 bits); buckets stand behind that many entries.
    pub table_capacity: i32,
    /// Table of a Map or Set: entries in use (32 bits), 0 if it is not the current one.
    pub table_used: i32,
    /// Table: first entry: key, value (in Maps), link.
    pub table_entries: i32,
    /// Shape: the prototype.
    pub shape_prototype: i32,
    /// Accessor: getter.
    pub accessor_get: i32,
    /// Accessor: setter.
    pub accessor_set: i32,
}
