//! The table of cell kinds: one row per kind of heap cell, with its Rust type and internal methods.
//!
//! The collector gets its trace, size and finalize functions from here; objects get their internal
//! methods from here. Kinds from `FIRST_OBJECT_KIND` on are objects and begin with an `ObjectCell`.

use crate::object::internal_methods::{InternalMethods, ORDINARY};
use crate::value::Value;
use sarus_gc::{Header, HeapCell, KindInfo, Tracer, WeakVisitor};

/// What the collector needs of a cell type.
pub trait Trace: HeapCell {
    /// The cell owns memory outside the heap and must be dropped.
    const FINALIZE: bool = false;
    /// `weak` is to be called (the trace function registers each cell with `defer_weak`).
    const WEAK: bool = false;
    /// `ephemeron` is to be called (registered with `defer_ephemeron`).
    const EPHEMERON: bool = false;
    /// Old cells are traced by every minor collection, so that stores into them need no barrier. For kinds of which there are
    /// few and whose cells are written from many places: realms, modules, data of builtins. Codes with their inline caches say for
    /// themselves whether they changed ([`Tracer::is_unchanged`]), since there are tens of thousands in large programs.
    const RESCAN: bool = false;
    /// Marks every strong reference.
    fn trace(&self, tracer: &mut Tracer);
    /// Size in bytes.
    fn size(&self) -> usize {
        std::mem::size_of_val(self)
    }
    /// Clears references to unmarked cells.
    fn weak(&self, _: &WeakVisitor) {}
    /// Marks values of marked keys; true if anything was marked.
    fn ephemeron(&self, _: &mut Tracer) -> bool {
        false
    }
}

/// Marks the cell of a value, if it is one.
#[inline]
pub fn mark_value(tracer: &mut Tracer, v: Value) {
    if v.is_cell() {
        // SAFETY: a cell value stored in the heap is the address of a live cell.
        unsafe { tracer.mark_word(v.bits()) }
    }
}

const fn kind_info<T: Trace>(name: &'static str) -> KindInfo {
    KindInfo {
        name,
        size: size_of_cell::<T>,
        trace: trace_cell::<T>,
        finalize: if T::FINALIZE {
            Some(drop_cell::<T>)
        } else {
            None
        },
        rescan: T::RESCAN,
        weak: if T::WEAK { Some(weak_cell::<T>) } else { None },
        ephemeron: if T::EPHEMERON {
            Some(ephemeron_cell::<T>)
        } else {
            None
        },
    }
}

unsafe fn size_of_cell<T: Trace>(cell: *const Header) -> usize {
    // SAFETY: the kind table pairs the kind with `T`, so the cell is a live `T`.
    unsafe { &*(cell as *const T) }.size()
}
unsafe fn trace_cell<T: Trace>(cell: *const Header, tracer: &mut Tracer) {
    // SAFETY: as in size_of_cell.
    unsafe { &*(cell as *const T) }.trace(tracer)
}
unsafe fn drop_cell<T: Trace>(cell: *mut Header) {
    // SAFETY: the collector calls this once for a dead `T`, and nothing uses the cell afterwards.
    unsafe { std::ptr::drop_in_place(cell as *mut T) }
}
unsafe fn weak_cell<T: Trace>(cell: *mut Header, visitor: &WeakVisitor) {
    // SAFETY: as in size_of_cell.
    unsafe { &*(cell as *const T) }.weak(visitor)
}
unsafe fn ephemeron_cell<T: Trace>(cell: *const Header, tracer: &mut Tracer) -> bool {
    // SAFETY: as in size_of_cell.
    unsafe { &*(cell as *const T) }.ephemeron(tracer)
}

macro_rules! kinds {
    (cells { $($(#[$cm:meta])* $cell:ident : $cty:ty,)* } objects { $($(#[$om:meta])* $obj:ident : $oty:ty, $methods:expr;)* }) => {
        /// The kind of a heap cell: byte 4 of its header.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum CellKind {
            /// Never a live cell.
            None,
            $($(#[$cm])* $cell,)*
            $($(#[$om])* $obj,)*
        }
        const OBJECT_COUNT: usize = [$(CellKind::$obj),*].len();
        /// The first kind that is an object.
        pub const FIRST_OBJECT_KIND: u8 = [$(CellKind::$obj),*][0] as u8;
        /// Collector's view of the kinds, indexed by the kind byte.
        pub static KINDS: &[KindInfo] = &[
            kind_info::<crate::object::ObjectCell>("none"),
            $(kind_info::<$cty>(stringify!($cell)),)*
            $(kind_info::<$oty>(stringify!($obj)),)*
        ];
        /// Internal methods of the object kinds.
        static METHODS: [&InternalMethods; OBJECT_COUNT] = [$(&$methods),*];
        const ALL: &[CellKind] = &[CellKind::None, $(CellKind::$cell,)* $(CellKind::$obj,)*];
    };
}

/// The internal methods of an object kind.
#[inline(always)]
pub fn methods_of(kind: u8) -> &'static InternalMethods {
    METHODS[(kind - FIRST_OBJECT_KIND) as usize]
}

impl CellKind {
    /// The kind of a header byte.
    #[inline(always)]
    pub fn from_byte(byte: u8) -> CellKind {
        ALL.get(byte as usize).copied().unwrap_or(CellKind::None)
    }
}

use crate::object::{
    arguments, array, bound, global, module_namespace, proxy, string_object, typed_array,
};

kinds! {
    cells {
        /// Strings of every representation.
        String: crate::string::StringCell,
        /// Symbols and private names.
        Symbol: crate::symbol::SymbolCell,
        /// BigInts.
        BigInt: crate::bigint::BigIntCell,
        /// Getter and setter of an accessor property.
        Accessor: crate::object::AccessorCell,
        /// A global binding.
        PropertyCell: crate::object::global::PropertyCell,
        /// Validity of a prototype chain.
        ValidityCell: crate::shape::ValidityCell,
        /// Hidden classes.
        Shape: crate::shape::Shape,
        /// Out-of-line property slots.
        Slots: crate::object::elements::SlotsCell,
        /// Dense elements.
        Elements: crate::object::elements::ElementsCell,
        /// Sparse elements.
        SparseElements: crate::object::elements::SparseCell,
        /// Scopes with captured variables.
        Environment: crate::environment::EnvironmentCell,
        /// Linked bytecode with its feedback.
        LinkedCode: crate::code::LinkedCode,
        /// Realms.
        Realm: crate::realm::RealmCell,
        /// Polymorphic inline-cache entries.
        PolyIc: crate::code::PolyIc,
        /// Module records.
        Module: crate::module::ModuleCell,
        /// Cells of Rust data with a trace function of their own.
        Data: crate::object::data::DataCell,
        /// Hash tables of Map and Set.
        MapTable: crate::object::collections::TableCell,
        /// Reactions of promises.
        PromiseReaction: crate::object::promise::ReactionCell,
    }
    objects {
        /// Ordinary objects.
        Object: crate::object::ObjectCell, ORDINARY;
        /// Arrays.
        Array: crate::object::array::ArrayCell, array::METHODS;
        /// Functions of bytecode.
        Function: crate::function::FunctionCell, crate::function::METHODS;
        /// Functions of Rust.
        NativeFunction: crate::function::NativeFunctionCell, crate::function::METHODS;
        /// Bound functions.
        BoundFunction: bound::BoundFunctionCell, ORDINARY;
        /// Proxies.
        Proxy: proxy::ProxyCell, proxy::METHODS;
        /// Global objects.
        Global: global::GlobalCell, global::METHODS;
        /// Error objects.
        Error: crate::object::FieldsCell<2>, ORDINARY;
        /// Boolean objects.
        Boolean: crate::object::FieldsCell<1>, ORDINARY;
        /// Number objects.
        Number: crate::object::FieldsCell<1>, ORDINARY;
        /// Symbol objects.
        SymbolObject: crate::object::FieldsCell<1>, ORDINARY;
        /// BigInt objects.
        BigIntObject: crate::object::FieldsCell<1>, ORDINARY;
        /// String objects.
        StringObject: crate::object::FieldsCell<1>, string_object::METHODS;
        /// Sloppy arguments objects with mapped parameters.
        MappedArguments: arguments::MappedArgumentsCell, arguments::METHODS;
        /// Arguments objects without mapping.
        Arguments: crate::object::ObjectCell, ORDINARY;
        /// Module namespaces.
        ModuleNamespace: module_namespace::NamespaceCell, module_namespace::METHODS;
        /// Integer-indexed objects.
        TypedArray: typed_array::TypedArrayCell, typed_array::METHODS;
        /// ArrayBuffer and SharedArrayBuffer.
        ArrayBuffer: crate::object::buffer::BufferCell, ORDINARY;
        /// DataView.
        DataView: crate::object::typed_array::DataViewCell, ORDINARY;
        /// Date: the time value.
        Date: crate::object::FieldsCell<1>, ORDINARY;
        /// RegExp.
        RegExp: crate::object::regexp::RegExpCell, ORDINARY;
        /// Map.
        Map: crate::object::collections::MapCell, ORDINARY;
        /// Set.
        Set: crate::object::collections::MapCell, ORDINARY;
        /// WeakMap.
        WeakMap: crate::object::weak::WeakMapCell, ORDINARY;
        /// WeakSet.
        WeakSet: crate::object::weak::WeakMapCell, ORDINARY;
        /// WeakRef.
        WeakRef: crate::object::weak::WeakRefCell, ORDINARY;
        /// FinalizationRegistry.
        FinalizationRegistry: crate::object::weak::RegistryCell, ORDINARY;
        /// Promises.
        Promise: crate::object::promise::PromiseCell, ORDINARY;
        /// Generators and async generators.
        Generator: crate::object::generator::GeneratorCell, ORDINARY;
        /// Array iterators: target, next index, kind.
        ArrayIterator: crate::object::FieldsCell<4>, ORDINARY;
        /// Map and Set iterators: collection, position, kind.
        MapIterator: crate::object::FieldsCell<4>, ORDINARY;
        /// Set iterators.
        SetIterator: crate::object::FieldsCell<4>, ORDINARY;
        /// String iterators: string, position.
        StringIterator: crate::object::FieldsCell<4>, ORDINARY;
        /// Iterator helpers: state, kind, underlying iterator, what the kind needs.
        IteratorHelper: crate::object::FieldsCell<8>, ORDINARY;
        /// What Iterator.from makes: iterator, next method.
        WrapForValidIterator: crate::object::FieldsCell<4>, ORDINARY;
        /// Internal iterator objects with a few fields (RegExp string iterators, helpers, wrappers…).
        Fields: crate::object::FieldsCell<8>, ORDINARY;
        /// Objects around Rust data (host objects, registries, formatters…).
        DataObject: crate::object::data::DataObjectCell, ORDINARY;
    }
}
