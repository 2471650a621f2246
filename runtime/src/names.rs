//! Well-known property names and symbols, interned once per agent.

use crate::property::PropertyKey;
use crate::string::JsString;
use crate::symbol::{Symbol, SymbolCell};
use crate::value::Value;
use sarus_gc::Tracer;

macro_rules! names {
    ($($field:ident $(= $text:literal)?,)*) => {
        /// Property keys of names that the engine itself uses.
        #[allow(missing_docs, non_snake_case)]
        pub struct Names {
            $(pub $field: PropertyKey,)*
        }
        impl Names {
            pub(crate) fn new(intern: &mut dyn FnMut(&str) -> JsString) -> Names {
                Names { $($field: PropertyKey::atom(intern(names!(@text $field $($text)?))),)* }
            }
            pub(crate) fn trace(&self, tracer: &mut Tracer) {
                $(self.$field.trace(tracer);)*
            }
        }
    };
    (@text $field:ident) => { stringify!($field) };
    (@text $field:ident $text:literal) => { $text };
}

names! {
    add, adopt, arguments, call, callee, caller, cause, code, columnNumber, configurable, constructor,
    default_ = "default", defer, delete, deleteProperty, defineProperty, description, done, dotAll, entries,
    enumerable, error, errors, exec, fileName, flags, get, getOwnPropertyDescriptor, getPrototypeOf, global,
    groups, has, hasIndices, ignoreCase, index, indices, input, isExtensible, join, keys, lastIndex, length,
    lineNumber, message, meta, multiline, name, next, number, ownKeys, preventExtensions, promise, prototype,
    proxy, raw, reason, reject, resolve, return_ = "return", revoke, set, setPrototypeOf, size, source, stack,
    stackTraceLimit, status, sticky, suppressed, target, then, this_ = "this", throw_ = "throw", toISOString,
    toJSON, toLocaleString, toString, unicode, unicodeSets, value, valueOf, values, with, writable, apply,
    construct, proto = "__proto__", async_ = "async", type_ = "type", prepareStackTrace, maxByteLength,
    undefined, object, boolean, string, symbol, bigint, function, true_ = "true", false_ = "false",
    fulfilled, rejected, null = "null", star_default = "*default*", concat, mode,
    object_arguments = "[object Arguments]", object_array = "[object Array]", object_boolean = "[object Boolean]",
    object_date = "[object Date]", object_error = "[object Error]", object_function = "[object Function]",
    object_null = "[object Null]", object_number = "[object Number]", object_object = "[object Object]",
    object_regexp = "[object RegExp]", object_string = "[object String]", object_undefined = "[object Undefined]",
}

macro_rules! well_known_symbols {
    ($($field:ident = $name:literal,)*) => {
        /// Well-known symbols (6.1.5.1).
        #[allow(missing_docs, non_snake_case)]
        pub struct WellKnownSymbols {
            $(pub $field: Symbol,)*
        }
        impl WellKnownSymbols {
            pub(crate) fn new(
                heap: &mut sarus_gc::Heap,
                make: &mut dyn FnMut(&mut sarus_gc::Heap, &str) -> JsString,
            ) -> WellKnownSymbols {
                let mut hash = 0x5bd1_e995u32;
                WellKnownSymbols { $($field: {
                    hash = hash.wrapping_mul(0x9E37_79B9).wrapping_add(1);
                    let description: Value = make(heap, concat!("Symbol.", $name)).into();
                    Symbol(heap.alloc(SymbolCell::new(description, false, hash)))
                },)* }
            }
            pub(crate) fn trace(&self, tracer: &mut Tracer) {
                $(tracer.mark(self.$field.0);)*
            }
            /// The symbol named `Symbol.<name>`.
            pub fn by_name(&self, name: &str) -> Option<Symbol> {
                match name { $($name => Some(self.$field),)* _ => None }
            }
            /// Names and symbols, as properties of %Symbol%.
            pub fn all(&self) -> Vec<(&'static str, Symbol)> {
                vec![$(($name, self.$field)),*]
            }
        }
    };
}

well_known_symbols! {
    async_dispose = "asyncDispose",
    async_iterator = "asyncIterator",
    dispose = "dispose",
    has_instance = "hasInstance",
    is_concat_spreadable = "isConcatSpreadable",
    iterator = "iterator",
    match_ = "match",
    match_all = "matchAll",
    metadata = "metadata",
    replace = "replace",
    search = "search",
    species = "species",
    split = "split",
    to_primitive = "toPrimitive",
    to_string_tag = "toStringTag",
    unscopables = "unscopables",
}

impl WellKnownSymbols {
    /// The key of `Symbol.iterator`.
    #[inline]
    pub fn iterator_key(&self) -> PropertyKey {
        PropertyKey::symbol(self.iterator)
    }
}
