//! Function objects: closures of bytecode and native functions (10.2, 10.3).
//!
//! `length`, `name` and `prototype` are materialized when something looks at them: most closures are
//! called and dropped without that.

use crate::agent::{Agent, CallArgs};
use crate::code::LinkedCode;
use crate::environment::Environment;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace, mark_value};
use crate::object::internal_methods::{InternalMethods, ORDINARY};
use crate::object::ordinary::add_named;
use crate::object::{CALLABLE, CLASS_CONSTRUCTOR, CONSTRUCTOR, LAZY, Object, ObjectCell, bound};
use crate::property::{Attributes, PropertyKey};
use crate::realm::{Intrinsic, Realm};
use crate::shape::Shape;
use crate::string::JsString;
use crate::symbol::Symbol;
use crate::value::Value;
use sarus_gc::{Gc, HeapCell, Tracer};
use std::cell::Cell;

/// A native function.
pub type NativeFn = fn(&mut Agent, &CallArgs) -> JsResult<Value>;

/// Internal methods of functions.
pub const METHODS: InternalMethods = InternalMethods { ..ORDINARY };

/// The cell of a closure, 64 bytes.
#[repr(C)]
pub struct FunctionCell {
    base: ObjectCell,
    code: Cell<Gc<LinkedCode>>,
    environment: Cell<Option<Environment>>,
    /// Methods: [[HomeObject]]. Arrows: the captured `this`.
    home_or_this: Cell<Value>,
    /// Constructors of classes: fields and private methods. Arrows and evals: the active function.
    class_or_active: Cell<Value>,
    /// Constructors: the shape of new instances. Arrows: the captured new.target.
    shape_or_new_target: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as FunctionCell.
unsafe impl HeapCell for FunctionCell {
    const KIND: u8 = CellKind::Function as u8;
}

impl Trace for FunctionCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        tracer.mark(self.code.get());
        if let Some(e) = self.environment.get() {
            tracer.mark(e);
        }
        mark_value(tracer, self.home_or_this.get());
        mark_value(tracer, self.class_or_active.get());
        mark_value(tracer, self.shape_or_new_target.get());
    }
}

/// Byte offset of a closure's code.
pub const CODE_OFFSET: usize = std::mem::offset_of!(FunctionCell, code);
/// Byte offset of an arrow function's `this`.
pub const ARROW_THIS_OFFSET: usize = std::mem::offset_of!(FunctionCell, home_or_this);
/// Byte offset of an arrow function's new.target.
pub const ARROW_NEW_TARGET_OFFSET: usize = std::mem::offset_of!(FunctionCell, shape_or_new_target);
/// Byte offset of an arrow function's active function.
pub const ARROW_ACTIVE_OFFSET: usize = std::mem::offset_of!(FunctionCell, class_or_active);
/// Size of a closure's cell.
pub const FUNCTION_SIZE: usize = std::mem::size_of::<FunctionCell>();
/// Byte offset of a closure's environment (0 for none).
pub const ENVIRONMENT_OFFSET: usize = std::mem::offset_of!(FunctionCell, environment);
/// Byte offset of a native function's Rust function.
pub const NATIVE_CODE_OFFSET: usize = std::mem::offset_of!(NativeFunctionCell, function);

impl FunctionCell {
    /// The code.
    #[inline(always)]
    pub fn code(&self) -> Gc<LinkedCode> {
        self.code.get()
    }
    /// [[Environment]].
    #[inline(always)]
    pub fn environment(&self) -> Option<Environment> {
        self.environment.get()
    }
    /// [[HomeObject]] of methods, the captured `this` of arrows.
    #[inline(always)]
    pub fn home_or_this(&self) -> Value {
        self.home_or_this.get()
    }
    /// Class data of class constructors, the active function of arrows.
    #[inline(always)]
    pub fn class_or_active(&self) -> Value {
        self.class_or_active.get()
    }
    /// Instance shape of constructors (a shape cell or undefined), captured new.target of arrows.
    #[inline(always)]
    pub fn shape_or_new_target(&self) -> Value {
        self.shape_or_new_target.get()
    }
    /// Sets what `home_or_this` gives.
    pub fn set_home_or_this(&self, agent: &Agent, v: Value) {
        agent.heap.write_barrier(&self.base.header);
        self.home_or_this.set(v);
    }
    /// Sets what `class_or_active` gives.
    pub fn set_class_or_active(&self, agent: &Agent, v: Value) {
        agent.heap.write_barrier(&self.base.header);
        self.class_or_active.set(v);
    }
    /// Sets what `shape_or_new_target` gives.
    pub fn set_shape_or_new_target(&self, agent: &Agent, v: Value) {
        agent.heap.write_barrier(&self.base.header);
        self.shape_or_new_target.set(v);
    }
}

/// The cell of a native function, 64 bytes.
#[repr(C)]
pub struct NativeFunctionCell {
    base: ObjectCell,
    function: NativeFn,
    realm: Realm,
    /// What a native closure captured.
    data: Cell<Value>,
    name: Value,
    length: u32,
    /// Number of its first body in the table, from 1; 0 while it has none. See `builtins/bodies.rs`.
    body: Cell<u32>,
}

// SAFETY: repr(C) with the header first; traced and sized as NativeFunctionCell.
unsafe impl HeapCell for NativeFunctionCell {
    const KIND: u8 = CellKind::NativeFunction as u8;
}

impl Trace for NativeFunctionCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        tracer.mark(self.realm);
        mark_value(tracer, self.data.get());
        mark_value(tracer, self.name);
    }
}

impl NativeFunctionCell {
    /// The Rust function.
    #[inline(always)]
    pub fn function(&self) -> NativeFn {
        self.function
    }
    /// The realm.
    #[inline(always)]
    pub fn realm(&self) -> Realm {
        self.realm
    }
    /// [[InitialName]]
    pub fn initial_name(&self) -> Value {
        self.name
    }
    /// Number of its first body in the table of bodies, from 1; 0 if none was made.
    #[inline(always)]
    pub fn body(&self) -> u32 {
        self.body.get()
    }
    /// Sets the bodies: the number of the first, and its closure.
    pub(crate) fn set_body(&self, agent: &Agent, number: u32, closure: Value) {
        agent.heap.write_barrier(&self.base.header);
        self.data.set(closure);
        self.body.set(number);
    }
    /// What the closure captured.
    #[inline(always)]
    pub fn data(&self) -> Value {
        self.data.get()
    }
}

impl Object {
    /// The closure's cell.
    #[inline(always)]
    pub fn as_function(self) -> Option<Gc<FunctionCell>> {
        if self.is(CellKind::Function) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { self.cell() })
        } else {
            None
        }
    }
    /// The native function's cell.
    #[inline(always)]
    pub fn as_native(self) -> Option<Gc<NativeFunctionCell>> {
        if self.is(CellKind::NativeFunction) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { self.cell() })
        } else {
            None
        }
    }
    /// True for a class constructor, which throws when called.
    #[inline(always)]
    pub fn is_class_constructor(self) -> bool {
        self.flag(CLASS_CONSTRUCTOR)
    }
}

impl Agent {
    /// A closure of `code`. `proto` defaults to the intrinsic for the kind of function.
    pub fn new_function(
        &mut self,
        code: Gc<LinkedCode>,
        environment: Option<Environment>,
        proto: Option<Object>,
    ) -> Object {
        let shape = match code.closure_shape() {
            Some(shape) if proto.is_none() && self.realm == code.realm() => shape,
            _ => self.closure_shape(code, proto),
        };
        let cell = FunctionCell {
            base: ObjectCell::head(self, shape, code.closure_flags()),
            code: Cell::new(code),
            environment: Cell::new(environment),
            home_or_this: Cell::new(Value::UNDEFINED),
            class_or_active: Cell::new(Value::UNDEFINED),
            shape_or_new_target: Cell::new(Value::UNDEFINED),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a FunctionCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }

    #[cold]
    fn closure_shape(&mut self, code: Gc<LinkedCode>, proto: Option<Object>) -> Gc<Shape> {
        let flags = code.block().flags;
        let parent = match proto {
            Some(p) => p,
            None => self.intrinsic(match (flags.is_async, flags.generator) {
                (false, false) => Intrinsic::FunctionPrototype,
                (false, true) => Intrinsic::GeneratorFunctionPrototype,
                (true, false) => Intrinsic::AsyncFunctionPrototype,
                (true, true) => Intrinsic::AsyncGeneratorFunctionPrototype,
            }),
        };
        let shape = self.root_shape(CellKind::Function, Some(parent), 0);
        if proto.is_none() && self.realm == code.realm() {
            code.set_closure_shape(shape);
        }
        shape
    }

    /// 10.3.4 CreateBuiltinFunction without a name; `data` is what the closure captured.
    pub fn new_native_closure(&mut self, function: NativeFn, length: u32, data: Value) -> Object {
        let name = self.empty_string().into();
        self.new_native_with(function, name, length, data, false)
    }
    /// As [`Agent::new_native_closure`], with a name.
    pub fn new_named_closure(
        &mut self,
        name: JsString,
        function: NativeFn,
        length: u32,
        data: Value,
    ) -> Object {
        self.new_native_with(function, name.into(), length, data, false)
    }
    /// 10.3.4 CreateBuiltinFunction.
    pub fn new_native_function(&mut self, name: &str, length: u32, function: NativeFn) -> Object {
        let name = self.intern(name).into();
        self.new_native_with(function, name, length, Value::UNDEFINED, false)
    }
    /// %Function.prototype%: a function that returns undefined (20.2.3).
    pub(crate) fn new_function_prototype(&mut self, parent: Option<Object>) -> Object {
        let shape = self.root_shape(CellKind::NativeFunction, parent, 0);
        let cell = NativeFunctionCell {
            base: ObjectCell::head(self, shape, CALLABLE | LAZY),
            function: |_, _| Ok(Value::UNDEFINED),
            realm: self.realm,
            data: Cell::new(Value::UNDEFINED),
            name: self.empty_string().into(),
            length: 0,
            body: Cell::new(0),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a NativeFunctionCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// A callable object with [[IsHTMLDDA]] (Annex B.3.6): `null` when called.
    pub fn new_undetectable(&mut self) -> Object {
        let f = self.new_native_function("", 0, |_, _| Ok(Value::NULL));
        f.set_flag(crate::object::HTMLDDA, true);
        f
    }
    /// A native constructor.
    pub fn new_native_constructor(
        &mut self,
        name: &str,
        length: u32,
        function: NativeFn,
    ) -> Object {
        let name = self.intern(name).into();
        self.new_native_with(function, name, length, Value::UNDEFINED, true)
    }
    pub(crate) fn new_native_with(
        &mut self,
        function: NativeFn,
        name: Value,
        length: u32,
        data: Value,
        constructor: bool,
    ) -> Object {
        let proto = self.intrinsic(Intrinsic::FunctionPrototype);
        let shape = self.kept_root_shape(|l| &mut l.natives, CellKind::NativeFunction, proto);
        let flags = CALLABLE | LAZY | if constructor { CONSTRUCTOR } else { 0 };
        let base = ObjectCell::head(self, shape, flags);
        let cell = NativeFunctionCell {
            base,
            function,
            realm: self.realm,
            data: Cell::new(data),
            name,
            length,
            body: Cell::new(0),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a NativeFunctionCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
}

/// Materializes the lazy properties if `key` is one of them.
#[inline]
pub(crate) fn materialize_if_lazy(agent: &mut Agent, o: Object, key: PropertyKey) {
    if is_lazy_key(agent, key) {
        materialize_all(agent, o);
    }
}

/// True when `key` may be a lazy property of a function that was not materialized.
#[inline]
pub fn is_lazy_key(agent: &Agent, key: PropertyKey) -> bool {
    let n = &agent.names;
    key == n.length || key == n.name || key == n.prototype || key == n.arguments || key == n.caller
}

/// Gives a function its own `length`, `name` and `prototype`.
#[cold]
#[inline(never)]
pub fn materialize_all(agent: &mut Agent, o: Object) {
    if !o.flag(LAZY) {
        return;
    }
    o.set_flag(LAZY, false);
    if let Some((length, name)) = bound::lazy_properties(o) {
        materialize_bound(agent, o, length, name);
        return;
    }
    let (length, name) = match (o.as_function(), o.as_native()) {
        (Some(f), _) => {
            let block = f.code().block_arc();
            (block.length, Value::from(agent.intern_js_str(&block.name)))
        }
        (_, Some(n)) => (n.length, n.name),
        _ => return,
    };
    let (length_key, name_key) = (agent.names.length, agent.names.name);
    add_named(agent, o, length_key, Value::uint(length), Attributes::C);
    if !name.is_undefined() {
        add_named(agent, o, name_key, name, Attributes::C);
    }
    if let Some(f) = o.as_function() {
        add_legacy(agent, o, f);
        add_prototype(agent, o, f);
    }
}

/// The name of a function that was not asked for it, so that it need not be made: a string, anything else for none, or the
/// code of a closure, whose name it is.
#[derive(Copy, Clone)]
pub struct LazyName(pub(crate) Value);

impl LazyName {
    /// The most units of a name that may wait: nothing can go wrong when it is put together.
    const LONGEST: usize = 1 << 20;

    /// None.
    pub const NONE: LazyName = LazyName(Value::UNDEFINED);

    /// What a `name` property says.
    pub fn of_property(name: Value) -> LazyName {
        LazyName(name)
    }
    /// Whether it can wait for somebody who asks.
    pub fn can_wait(self) -> bool {
        self.0.as_string().is_none_or(|s| s.len() <= Self::LONGEST)
    }
    /// The name of a bound function whose target has this one.
    ///
    /// # Errors
    /// RangeError: it is too long.
    pub fn bound(self, agent: &mut Agent) -> JsResult<JsString> {
        // The text stays a rope: interning it would copy the whole name at every `bind` of a chain.
        let prefix = agent.intern("bound ");
        match self.get(agent) {
            Some(s) => agent.concat(prefix, s),
            None => Ok(prefix),
        }
    }
    fn get(self, agent: &mut Agent) -> Option<JsString> {
        if self.0.is_kind(CellKind::LinkedCode) {
            // SAFETY: the kind was checked.
            let code: Gc<LinkedCode> = unsafe { self.0.cell_unchecked() };
            let block = code.block_arc();
            return Some(agent.intern_js_str(&block.name));
        }
        self.0.as_string()
    }
}

/// `length` and `name` of a function that has them, if nobody asked for them yet.
pub(crate) fn lazy_length_and_name(o: Object) -> Option<(u32, LazyName)> {
    if !o.flag(LAZY) {
        return None;
    }
    if let Some(f) = o.as_function() {
        let code = f.code();
        return Some((code.block().length, LazyName(Value::cell(code))));
    }
    let n = o.as_native()?;
    (!n.name.is_undefined()).then_some((n.length, LazyName(n.name)))
}

fn materialize_bound(agent: &mut Agent, o: Object, length: Value, name: LazyName) {
    // Names that may wait are never too long.
    let text = match name.bound(agent) {
        Ok(text) => text,
        Err(_) => agent.empty_string(),
    };
    let (length_key, name_key) = (agent.names.length, agent.names.name);
    add_named(agent, o, length_key, length, Attributes::C);
    add_named(agent, o, name_key, text.into(), Attributes::C);
}

/// `arguments` and `caller` of sloppy functions, which say nothing (10.2.4 forbids them for others).
fn add_legacy(agent: &mut Agent, o: Object, f: Gc<FunctionCell>) {
    let flags = f.code().block().flags;
    if !flags.sloppy_function || flags.generator || flags.is_async {
        return;
    }
    let (arguments, caller) = (agent.names.arguments, agent.names.caller);
    add_named(agent, o, arguments, Value::NULL, Attributes::NONE);
    // Programs take `undefined` for "not supported", and call anything else.
    add_named(agent, o, caller, Value::UNDEFINED, Attributes::NONE);
}

/// 10.2.5 MakeConstructor and the generators' prototypes.
fn add_prototype(agent: &mut Agent, o: Object, f: Gc<FunctionCell>) {
    let flags = f.code().block().flags;
    if flags.class_constructor {
        // CreateClass defines it.
        return;
    }
    let parent = match (flags.generator, flags.is_async) {
        (true, false) => Intrinsic::GeneratorPrototype,
        (true, true) => Intrinsic::AsyncGeneratorPrototype,
        _ if flags.is_constructor() => Intrinsic::ObjectPrototype,
        _ => return,
    };
    // The prototype belongs to the function's realm.
    let saved = std::mem::replace(&mut agent.realm, f.code().realm());
    let parent = agent.intrinsic(parent);
    agent.realm = saved;
    let proto = agent.new_object(Some(parent));
    if !flags.generator {
        let key = agent.names.constructor;
        add_named(agent, proto, key, o.into(), Attributes::WC);
    }
    let key = agent.names.prototype;
    add_named(agent, o, key, proto.into(), Attributes::W);
}

/// `[description]`: the same symbols name functions again and again.
fn bracketed(agent: &mut Agent, symbol: Symbol, description: JsString) -> JsResult<JsString> {
    if let Some((s, name)) = agent.library.symbol_name
        && s == symbol
    {
        return Ok(name);
    }
    let open = agent.new_string("[");
    let s = agent.concat(open, description)?;
    let name = agent.concat_str(s, "]")?;
    agent.library.symbol_name = Some((symbol, name));
    Ok(name)
}

/// 10.2.9 SetFunctionName for a function that has no own name yet, or whose name is lazy.
pub fn set_function_name(
    agent: &mut Agent,
    o: Object,
    name: PropertyKey,
    prefix: &str,
) -> JsResult<()> {
    let text: Value = match name.as_symbol() {
        Some(s) if s.is_private() => s.description(),
        Some(s) => match s.description_string() {
            None => agent.empty_string().into(),
            Some(d) => bracketed(agent, s, d)?.into(),
        },
        None => name.to_value(agent),
    };
    let text = if prefix.is_empty() {
        text
    } else {
        let p = agent.new_string(&format!("{prefix} "));
        match text.as_string() {
            Some(t) => agent.concat(p, t)?.into(),
            None => p.into(),
        }
    };
    materialize_all(agent, o);
    let key = agent.names.name;
    let shape = o.shape(agent);
    match shape.lookup(key) {
        Some(e) => o.store_existing_slot(agent, e.slot, text),
        None => add_named(agent, o, key, text, Attributes::C),
    }
    Ok(())
}
