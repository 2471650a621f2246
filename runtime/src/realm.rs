//! Realms: intrinsics built at first touch, the global object and the script scope (9.3).

use crate::agent::Agent;
use crate::builtins;
use crate::kind::{CellKind, Trace};
use crate::object::Object;
use crate::object::global::{BindingTable, PropertyCell};
use crate::property::{Attributes, PropertyKey};
use crate::shape::Shape;
use crate::value::Value;
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::cell::{Cell, RefCell};

/// A realm.
pub type Realm = Gc<RealmCell>;

/// The cell of a realm.
#[repr(C)]
pub struct RealmCell {
    header: Header,
    intrinsics: [Cell<Option<Object>>; Intrinsic::COUNT],
    global: Cell<Option<Object>>,
    /// The `this` of scripts; the global object unless the host says otherwise.
    global_this: Cell<Value>,
    /// `let`, `const` and `class` of scripts.
    lexical: RefCell<BindingTable>,
    /// Host-defined data.
    host_data: Cell<Value>,
    /// Of a ShadowRealm: hosts must not let objects of other realms in.
    isolated: Cell<bool>,
    /// The shape of `{ value, done }`, once there was one.
    iter_result: Cell<Option<Gc<Shape>>>,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as RealmCell.
unsafe impl HeapCell for RealmCell {
    const KIND: u8 = CellKind::Realm as u8;
}

impl Trace for RealmCell {
    const RESCAN: bool = true;
    const FINALIZE: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        for o in self
            .intrinsics
            .iter()
            .chain([&self.global])
            .filter_map(Cell::get)
        {
            tracer.mark(o.0);
        }
        crate::kind::mark_value(tracer, self.global_this.get());
        crate::kind::mark_value(tracer, self.host_data.get());
        self.lexical.borrow().trace(tracer);
        tracer.mark_opt(self.iter_result.get());
    }
}

impl RealmCell {
    /// A realm without anything, for an agent under construction.
    pub(crate) fn bare(heap: &sarus_gc::Heap) -> Realm {
        heap.alloc(RealmCell {
            header: Header::new(RealmCell::KIND),
            intrinsics: [const { Cell::new(None) }; Intrinsic::COUNT],
            global: Cell::new(None),
            global_this: Cell::new(Value::UNDEFINED),
            lexical: RefCell::default(),
            host_data: Cell::new(Value::UNDEFINED),
            isolated: Cell::new(false),
            iter_result: Cell::new(None),
        })
    }
    /// The shape of iterator results, if it is known.
    #[inline]
    pub fn iter_result_shape(&self) -> Option<Gc<Shape>> {
        self.iter_result.get()
    }
    /// Remembers the shape of iterator results.
    pub(crate) fn set_iter_result_shape(&self, shape: Gc<Shape>) {
        self.iter_result.set(Some(shape));
    }
    /// The `this` of scripts.
    #[inline]
    pub fn global_this(&self) -> Value {
        self.global_this.get()
    }
    /// The cell of a script-scope `let`, `const` or class.
    #[inline]
    pub fn lexical_cell(&self, key: PropertyKey) -> Option<Gc<PropertyCell>> {
        self.lexical.borrow().get(key)
    }
    /// True for the realm of a ShadowRealm, into which no object of another realm may come.
    pub fn is_isolated(&self) -> bool {
        self.isolated.get()
    }
    /// Makes it such a realm.
    pub(crate) fn isolate(&self) {
        self.isolated.set(true);
    }
    /// Host-defined data.
    pub fn host_data(&self) -> Value {
        self.host_data.get()
    }
    /// Sets host-defined data.
    pub fn set_host_data(&self, v: Value) {
        self.host_data.set(v);
    }
    /// The intrinsic if something has touched it.
    pub fn intrinsic_if_built(&self, i: Intrinsic) -> Option<Object> {
        self.intrinsics[i as usize].get()
    }
}

impl Agent {
    /// 9.3.1 InitializeHostDefinedRealm without running anything.
    pub fn create_realm(&mut self) -> Realm {
        let realm = RealmCell::bare(&self.heap);
        let saved = std::mem::replace(&mut self.realm, realm);
        let proto = self.intrinsic(Intrinsic::ObjectPrototype);
        let global = self.new_global_object(Some(proto));
        realm.global.set(Some(global));
        realm.global_this.set(global.into());
        builtins::global::define_globals(self, global);
        self.realm = saved;
        realm
    }
    /// The global object of the current realm.
    #[inline]
    pub fn global_object(&self) -> Object {
        match self.realm.global.get() {
            Some(g) => g,
            // Every realm gets its global object before anything can run in it.
            None => unreachable!("realm without global object"),
        }
    }
    /// The global object of a realm.
    pub fn global_of(&self, realm: Realm) -> Object {
        realm.global.get().unwrap_or_else(|| self.global_object())
    }
    /// An intrinsic of the current realm, built at first touch.
    #[inline]
    pub fn intrinsic(&mut self, i: Intrinsic) -> Object {
        match self.realm.intrinsics[i as usize].get() {
            Some(o) => o,
            None => self.build_intrinsic(i),
        }
    }
    /// An intrinsic of a realm.
    pub fn intrinsic_of(&mut self, realm: Realm, i: Intrinsic) -> Object {
        let saved = std::mem::replace(&mut self.realm, realm);
        let o = self.intrinsic(i);
        self.realm = saved;
        o
    }
    /// Notes an intrinsic; builders do so before they fill the object in.
    pub(crate) fn set_intrinsic(&mut self, i: Intrinsic, o: Object) {
        self.realm.intrinsics[i as usize].set(Some(o));
    }
    #[cold]
    #[inline(never)]
    fn build_intrinsic(&mut self, i: Intrinsic) -> Object {
        builtins::build(self, i);
        match self.realm.intrinsics[i as usize].get() {
            Some(o) => o,
            // A builder that leaves its intrinsic out is an engine bug; an empty object keeps the
            // program running and the unit test `every_intrinsic_builds` fails.
            None => {
                debug_assert!(false, "no builder for {i:?}");
                let o = self.new_object(None);
                self.set_intrinsic(i, o);
                o
            }
        }
    }
    /// Adds a script-scope lexical binding in its temporal dead zone.
    pub fn declare_lexical(&mut self, key: PropertyKey, constant: bool) -> Gc<PropertyCell> {
        let attributes = if constant {
            Attributes::E
        } else {
            Attributes::W.with(Attributes::E)
        };
        let cell = self.new_property_cell(Value::HOLE, attributes);
        self.realm.lexical.borrow_mut().insert(key, cell);
        let global = self.global_object();
        self.retire_global_cell(global, key);
        cell
    }
}

macro_rules! intrinsics {
    ($($name:ident,)*) => {
        /// Well-known intrinsic objects (6.1.7.4).
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u16)]
        #[allow(missing_docs)]
        pub enum Intrinsic { $($name,)* }
        impl Intrinsic {
            /// Number of intrinsics.
            pub const COUNT: usize = [$(Intrinsic::$name),*].len();
            /// All of them.
            pub const ALL: [Intrinsic; Intrinsic::COUNT] = [$(Intrinsic::$name),*];
            /// By number.
            pub fn from_number(n: u16) -> Option<Intrinsic> {
                Self::ALL.get(n as usize).copied()
            }
        }
    };
}

intrinsics! {
    Object, ObjectPrototype, Function, FunctionPrototype, ThrowTypeError,
    Array, ArrayPrototype, ArrayIteratorPrototype, Iterator, IteratorPrototype, IteratorHelperPrototype,
    WrapForValidIteratorPrototype, AsyncIteratorPrototype, AsyncFromSyncIteratorPrototype,
    String, StringPrototype, StringIteratorPrototype, Number, NumberPrototype, Boolean, BooleanPrototype,
    Symbol, SymbolPrototype, BigInt, BigIntPrototype, Math, Date, DatePrototype,
    RegExp, RegExpPrototype, RegExpStringIteratorPrototype,
    Map, MapPrototype, MapIteratorPrototype, Set, SetPrototype, SetIteratorPrototype,
    WeakMap, WeakMapPrototype, WeakSet, WeakSetPrototype, WeakRef, WeakRefPrototype,
    FinalizationRegistry, FinalizationRegistryPrototype,
    Error, ErrorPrototype, EvalError, EvalErrorPrototype, RangeError, RangeErrorPrototype,
    ReferenceError, ReferenceErrorPrototype, SyntaxError, SyntaxErrorPrototype, TypeError, TypeErrorPrototype,
    URIError, URIErrorPrototype, AggregateError, AggregateErrorPrototype, SuppressedError, SuppressedErrorPrototype,
    Promise, PromisePrototype, Proxy, Reflect, JSON, Atomics,
    ArrayBuffer, ArrayBufferPrototype, SharedArrayBuffer, SharedArrayBufferPrototype, DataView, DataViewPrototype,
    TypedArray, TypedArrayPrototype,
    Int8Array, Int8ArrayPrototype, Uint8Array, Uint8ArrayPrototype, Uint8ClampedArray, Uint8ClampedArrayPrototype,
    Int16Array, Int16ArrayPrototype, Uint16Array, Uint16ArrayPrototype, Int32Array, Int32ArrayPrototype,
    Uint32Array, Uint32ArrayPrototype, BigInt64Array, BigInt64ArrayPrototype, BigUint64Array, BigUint64ArrayPrototype,
    Float16Array, Float16ArrayPrototype, Float32Array, Float32ArrayPrototype, Float64Array, Float64ArrayPrototype,
    GeneratorFunction, GeneratorFunctionPrototype, GeneratorPrototype,
    AsyncGeneratorFunction, AsyncGeneratorFunctionPrototype, AsyncGeneratorPrototype,
    AsyncFunction, AsyncFunctionPrototype,
    DisposableStack, DisposableStackPrototype, AsyncDisposableStack, AsyncDisposableStackPrototype,
    ShadowRealm, ShadowRealmPrototype, AbstractModuleSource, AbstractModuleSourcePrototype,
    Eval, ParseInt, ParseFloat, IsNaN, IsFinite, DecodeURI, DecodeURIComponent, EncodeURI, EncodeURIComponent,
    Escape, Unescape, ArrayProtoValues, ArrayProtoToString, CallSitePrototype,
}
