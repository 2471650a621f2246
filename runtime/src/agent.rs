//! The agent: one JavaScript thread with its heap, tables and current state (9.7).
//!
//! `&mut Agent` is the one context that goes through the whole runtime. The interpreter and the host
//! install themselves as hooks, so that this crate imports neither.

use crate::code::{CodeCounts, LinkedCode};
use crate::environment::Environment;
use crate::error::{Fault, JsResult};
use crate::function::NativeFn;
use crate::host::HostHooks;
use crate::interrupt::{INTERRUPT_COLLECT, INTERRUPT_HEAP_LIMIT};
use crate::jobs::{JobFn, JobQueue};
use crate::kind::KINDS;
use crate::names::{Names, WellKnownSymbols};
use crate::object::Object;
use crate::object::elements::{ElementsCell, SparseCell};
use crate::object::lookup_cache::LookupCache;
use crate::property::PropertyKey;
use crate::realm::Realm;
use crate::shape::{Shape, ShapeTable};
use crate::stack_trace::{Capture, Place, STRIDE};
use crate::string::{JsString, StringTable};
use crate::symbol::{Symbol, SymbolCell};
use crate::tier::{NativeEntry, TierOptions};
use crate::value::Value;
use rustc_hash::FxHashMap;
use sarus_bytecode::{CompileOptions, Features, Native};
use sarus_gc::{Gc, Heap, HeapConfig, RootVec, Tracer, WeakVisitor};
use sarus_regexp::CompiledRegExp;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// Arguments of a native call: a window into the JS stack or a caller's array.
#[derive(Copy, Clone)]
pub struct CallArgs<'a> {
    callee: Object,
    this: Value,
    new_target: Value,
    args: &'a [Value],
}

impl<'a> CallArgs<'a> {
    /// The arguments of a call; `new_target` is `undefined` unless it is a construct call.
    #[inline(always)]
    pub fn new(callee: Object, this: Value, args: &'a [Value], new_target: Value) -> CallArgs<'a> {
        CallArgs {
            callee,
            this,
            new_target,
            args,
        }
    }
    /// The `this` value.
    #[inline(always)]
    pub fn this(&self) -> Value {
        self.this
    }
    /// Clears the `this` value in memory, when the call is over and the frame that holds these arguments lives on: collections
    /// scan it.
    #[inline(always)]
    pub fn forget_this(&mut self) {
        self.this = Value::UNDEFINED;
        std::hint::black_box(self);
    }
    /// Argument `i`, `undefined` when missing.
    #[inline(always)]
    pub fn arg(&self, i: usize) -> Value {
        match self.args.get(i) {
            Some(v) => *v,
            None => Value::UNDEFINED,
        }
    }
    /// Number of arguments.
    #[inline(always)]
    pub fn argc(&self) -> usize {
        self.args.len()
    }
    /// All arguments.
    #[inline(always)]
    pub fn args(&self) -> &'a [Value] {
        self.args
    }
    /// The arguments from `i` on.
    #[inline]
    pub fn rest(&self, i: usize) -> &'a [Value] {
        self.args.get(i..).unwrap_or(&[])
    }
    /// NewTarget: `undefined` in a plain call.
    #[inline(always)]
    pub fn new_target(&self) -> Value {
        self.new_target
    }
    /// True in a construct call.
    #[inline(always)]
    pub fn is_construct(&self) -> bool {
        !self.new_target.is_undefined()
    }
    /// The function being called.
    #[inline(always)]
    pub fn callee(&self) -> Object {
        self.callee
    }
    /// What the native closure captured.
    #[inline]
    pub fn data(&self) -> Value {
        self.callee
            .as_native()
            .map_or(Value::UNDEFINED, |n| n.data())
    }
}

/// How a generator is resumed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ResumeMode {
    /// `next(v)`
    Next,
    /// `throw(v)`
    Throw,
    /// `return(v)`
    Return,
}

/// What CreateDynamicFunction compiles (20.2.1.1.1).
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum DynamicFunctionKind {
    /// `Function`
    Normal,
    /// `GeneratorFunction`
    Generator,
    /// `AsyncFunction`
    Async,
    /// `AsyncGeneratorFunction`
    AsyncGenerator,
}

/// CreateDynamicFunction: kind, parameter texts, body text, prototype → function object.
pub type DynamicFunctionHook =
    fn(&mut Agent, DynamicFunctionKind, &[JsString], JsString, Option<Object>) -> JsResult<Object>;

/// Functions of the interpreter that the runtime calls.
#[derive(Copy, Clone)]
pub struct EngineHooks {
    /// [[Call]] of any callable; throws a TypeError for others.
    pub call: fn(&mut Agent, Value, Value, &[Value]) -> JsResult<Value>,
    /// GetV of a named property, by the interpreter's caches.
    pub get: fn(&mut Agent, Value, PropertyKey) -> JsResult<Value>,
    /// [[Construct]]: constructor, arguments, new target.
    pub construct: fn(&mut Agent, Object, &[Value], Object) -> JsResult<Object>,
    /// Resumes a suspended generator or async activation (a `Generator` object).
    pub resume: fn(&mut Agent, Object, ResumeMode, Value) -> JsResult<Value>,
    /// The job of an `await` whose promise is settled: activation, value or reason, whether it is a reason, async context.
    pub awaited: JobFn,
    /// 19.2.1 PerformEval for indirect eval.
    pub indirect_eval: fn(&mut Agent, JsString) -> JsResult<Value>,
    /// Compiles parameters and body: kind, parameter texts, body text, prototype → function object.
    pub dynamic_function: DynamicFunctionHook,
    /// Runs linked script or module code with this `this` and environment.
    pub run_code:
        fn(&mut Agent, Gc<crate::code::LinkedCode>, Value, Option<Environment>) -> JsResult<Value>,
    /// PerformShadowRealmEval without wrapping: throws for a text that does not parse; otherwise runs
    /// it in the realm and hands back how it completed.
    pub shadow_realm_eval: fn(&mut Agent, JsString, Realm) -> JsResult<JsResult<Value>>,
    /// Gives the frames of the running code and of what awaits it, innermost first, to [`Capture::visit`] until that says false.
    pub capture_stack: fn(&Agent, &mut Capture),
    /// The instruction that runs.
    pub position: fn(&Agent) -> Place,
    /// GetActiveScriptOrModule: a module cell, script data or undefined.
    pub active_script_or_module: fn(&Agent) -> Value,
    /// The native entry of codes that are not compiled.
    pub native_entry: NativeEntry,
    /// Takes the answers of compiling threads.
    pub compiled: fn(&mut Agent),
    /// Makes machine code of a pattern that is matched much, now or later.
    pub compile_regexp: fn(&mut Agent, &Rc<CompiledRegExp>, sarus_regexp::Width),
    /// Takes a sample of the stack.
    pub sample: fn(&mut Agent),
    /// The functions that `--allow-natives-syntax` gives a name.
    pub natives: Option<fn(Native) -> NativeFn>,
}

impl Default for EngineHooks {
    fn default() -> EngineHooks {
        EngineHooks {
            call: |agent, _, _, _| Err(agent.type_error("no interpreter is installed")),
            get: crate::abstract_ops::get_v,
            construct: |agent, _, _, _| Err(agent.type_error("no interpreter is installed")),
            resume: |agent, _, _, _| Err(agent.type_error("no interpreter is installed")),
            awaited: |agent, _| Err(agent.type_error("no interpreter is installed")),
            indirect_eval: |agent, _| Err(agent.type_error("no interpreter is installed")),
            dynamic_function: |agent, _, _, _, _| {
                Err(agent.type_error("no interpreter is installed"))
            },
            run_code: |agent, _, _, _| Err(agent.type_error("no interpreter is installed")),
            shadow_realm_eval: |agent, _, _| Err(agent.type_error("no interpreter is installed")),
            capture_stack: |_, _| {},
            position: |_| Place::Unknown,
            active_script_or_module: |_| Value::UNDEFINED,
            native_entry: crate::tier::no_entry,
            compiled: |_| {},
            compile_regexp: |_, pattern, width| pattern.set_asked(width),
            sample: |_| {},
            natives: None,
        }
    }
}

/// State of the interpreter that the agent owns and the collector must see.
pub trait EngineState: std::any::Any {
    /// Marks precise roots and the used part of the JS stack.
    fn trace(&self, tracer: &mut Tracer);
    /// Drops caches of dead cells.
    fn weak(&mut self, _: &WeakVisitor) {}
}

/// Switches of an agent.
#[derive(Clone, Debug)]
pub struct AgentOptions {
    /// The heap.
    pub heap: HeapConfig,
    /// JS stack size in values.
    pub stack_size: usize,
    /// `[[CanBlock]]`: whether `Atomics.wait` may block.
    pub can_block: bool,
    /// Print inline-cache transitions.
    pub trace_ic: bool,
    /// Expose `gc()`.
    pub expose_gc: bool,
    /// Language features that are not on by default.
    pub features: Features,
    /// The optimizing tier.
    pub tier: TierOptions,
    /// Compile most inner functions at their first call.
    pub lazy: bool,
}

impl Default for AgentOptions {
    fn default() -> AgentOptions {
        AgentOptions {
            heap: HeapConfig::default(),
            stack_size: 2 << 20,
            can_block: true,
            trace_ic: false,
            expose_gc: false,
            features: Features::NONE,
            tier: TierOptions::default(),
            lazy: true,
        }
    }
}

/// An agent.
pub struct Agent {
    /// The heap.
    pub heap: Heap,
    /// Shapes by id.
    pub shapes: ShapeTable,
    /// Where keys were found lately.
    pub(crate) lookups: LookupCache,
    /// The result of the operation on BigInts that is under way.
    pub(crate) bigint_scratch: crate::bigint_math::Scratch,
    /// Memory of `JSON.stringify` while none is under way.
    pub(crate) json_text: crate::json_text::JsonText,
    /// Atoms and string caches.
    pub strings: StringTable,
    /// Well-known property keys.
    pub names: Names,
    /// Well-known symbols.
    pub symbols: WellKnownSymbols,
    /// The current realm.
    pub realm: Realm,
    /// The value being thrown, meaningful while a `Throw` is on its way.
    pub exception: Value,
    /// An engine fault that stops the program.
    pub fault: Option<Fault>,
    /// Interrupt bits (see [`crate::interrupt`]).
    pub interrupt: Arc<AtomicU32>,
    /// Native stack addresses below this one are out of bounds for recursion.
    pub native_stack_limit: usize,
    /// The interpreter.
    pub hooks: EngineHooks,
    /// State of the interpreter.
    pub engine: Option<Box<dyn EngineState>>,
    /// The host.
    pub host: Box<dyn HostHooks>,
    /// Microtasks.
    pub jobs: JobQueue,
    /// Options.
    pub options: AgentOptions,
    /// 9.9.3 [[KeptAlive]]; traced with the agent.
    pub kept_alive: Vec<Value>,
    /// Counts the periods between two clearings of [[KeptAlive]].
    pub(crate) kept_period: u32,
    /// What the collector noted about weak collections.
    pub(crate) weak_state: std::rc::Rc<crate::object::weak::WeakState>,
    /// What the host lets flow along promise reactions (async local storage).
    pub async_context: Value,
    /// The elements cell that objects without elements share.
    pub(crate) empty_elements: Gc<ElementsCell>,
    /// The elements of objects that have none and may not just get some; nothing is ever put into it.
    pub(crate) no_sparse_elements: Gc<SparseCell>,
    /// Shape of the object being allocated.
    pub(crate) pending_shape: Cell<Option<Gc<Shape>>>,
    /// Shapes of new arguments objects of a realm (its address), with data or accessor `callee`; until the next collection.
    pub(crate) arguments_shapes: [Cell<Option<ShapeOfRealm>>; 2],
    /// How many functions were compiled when.
    pub code_counts: CodeCounts,
    /// With `--explain`: every code that was linked.
    pub linked: RootVec<Gc<LinkedCode>>,
    /// Where the exception under way was thrown, for reports.
    pub thrown_at: Place,
    /// Working memory of captures.
    pub(crate) trace_buffer: Vec<[Value; STRIDE]>,
    /// Counter for [[AsyncEvaluationOrder]] of modules.
    pub(crate) async_module_order: u64,
    symbol_registry: FxHashMap<JsString, Symbol>,
    symbol_hash: u32,
    /// The first realm; others live as long as something of theirs does.
    pub(crate) main_realm: Realm,
    /// Roots of builtins that keep values per agent: name → value.
    pub(crate) statics: FxHashMap<&'static str, Value>,
    /// What the library keeps per agent: random numbers, time zone, regular expressions.
    pub(crate) library: crate::builtins::state::LibraryState,
}

/// A shape of the realm at an address.
pub(crate) type ShapeOfRealm = (usize, Gc<Shape>);

/// Marks a shape id from a trace function.
#[inline(always)]
pub(crate) fn mark_shape(tracer: &mut Tracer, id: u32) {
    tracer.mark_shape(id);
}

unsafe fn trace_shape(data: *mut (), id: u32, tracer: &mut Tracer) {
    // SAFETY: `data` is the agent, which outlives its heap's collections; only the table is read.
    let agent = unsafe { &*(data as *const Agent) };
    if let Some(s) = agent.shapes.try_get(id) {
        tracer.mark(s);
    }
}

unsafe fn trace_roots(data: *mut (), tracer: &mut Tracer) {
    // SAFETY: as in trace_shape.
    let agent = unsafe { &*(data as *const Agent) };
    agent.trace(tracer);
}

unsafe fn sweep_weak(data: *mut (), visitor: &WeakVisitor) {
    // SAFETY: a collection runs inside an allocation that the agent itself asked for; no other
    // reference to these tables is in use then (allocation never happens while one is borrowed).
    let agent = unsafe { &mut *(data as *mut Agent) };
    agent.strings.sweep(visitor);
    for known in &agent.arguments_shapes {
        known.set(None);
    }
    agent.shapes.sweep(visitor);
    agent.lookups.sweep(visitor);
    if agent.shapes.has_grown() {
        agent.heap.want_major();
    }
    if let Some(e) = &mut agent.engine {
        e.weak(visitor);
    }
}

impl Agent {
    /// An agent without interpreter and with the default host, and its first realm.
    pub fn new(options: AgentOptions) -> Box<Agent> {
        let mut heap = Heap::new(options.heap.clone(), KINDS);
        let mut strings = StringTable::new(&heap);
        let mut intern = |text: &str| strings.intern_static(&heap, text);
        let names = Names::new(&mut intern);
        let mut make = |heap: &mut Heap, text: &str| strings.intern_static(heap, text);
        let symbols = WellKnownSymbols::new(&mut heap, &mut make);
        let empty_elements = ElementsCell::empty(&heap);
        let no_sparse_elements = SparseCell::empty(&heap);
        let realm = crate::realm::RealmCell::bare(&heap);
        let linked = heap.root_vec();
        let mut agent = Box::new(Agent {
            shapes: ShapeTable::new(),
            lookups: LookupCache::default(),
            bigint_scratch: Default::default(),
            json_text: Default::default(),
            strings,
            names,
            symbols,
            realm,
            main_realm: realm,
            exception: Value::UNDEFINED,
            fault: None,
            interrupt: Arc::default(),
            native_stack_limit: crate::native_stack::limit(),
            code_counts: CodeCounts::default(),
            linked,
            hooks: EngineHooks::default(),
            engine: None,
            host: Box::new(crate::host::DefaultHost),
            jobs: JobQueue::default(),
            options,
            kept_alive: Vec::new(),
            kept_period: 1,
            weak_state: Default::default(),
            async_context: Value::UNDEFINED,
            empty_elements,
            no_sparse_elements,
            pending_shape: Cell::new(None),
            arguments_shapes: [Cell::new(None), Cell::new(None)],
            thrown_at: Place::Unknown,
            trace_buffer: Vec::new(),
            async_module_order: 0,
            symbol_registry: FxHashMap::default(),
            symbol_hash: 1,
            statics: FxHashMap::default(),
            library: crate::builtins::state::LibraryState::default(),
            heap,
        });
        let data = &mut *agent as *mut Agent as *mut ();
        agent.heap.set_roots(trace_roots, data);
        agent.heap.set_weak_roots(sweep_weak, data);
        agent.heap.set_shape_tracer(trace_shape, data);
        let flag: *const AtomicU32 = &*agent.interrupt;
        // SAFETY: the agent keeps the flag as long as the heap.
        unsafe {
            agent
                .heap
                .set_interrupt_flag(flag, INTERRUPT_HEAP_LIMIT, INTERRUPT_COLLECT)
        };
        let realm = agent.create_realm();
        agent.realm = realm;
        agent.main_realm = realm;
        agent
    }

    fn trace(&self, tracer: &mut Tracer) {
        if tracer.is_minor() {
            self.shapes.trace_all(tracer);
        }
        self.strings.trace(tracer);
        self.names.trace(tracer);
        self.symbols.trace(tracer);
        tracer.mark(self.realm);
        tracer.mark(self.empty_elements);
        tracer.mark(self.no_sparse_elements);
        tracer.mark_opt(self.pending_shape.get());
        crate::kind::mark_value(tracer, self.exception);
        self.thrown_at.trace(tracer);
        crate::kind::mark_value(tracer, self.async_context);
        tracer.mark(self.main_realm);
        self.library.trace(tracer);
        for v in self.kept_alive.iter().chain(self.statics.values()) {
            crate::kind::mark_value(tracer, *v);
        }
        for (k, s) in &self.symbol_registry {
            tracer.mark(k.0);
            tracer.mark(s.0);
        }
        self.weak_state.trace(tracer);
        self.jobs.trace(tracer);
        self.host.trace(tracer);
        if let Some(e) = &self.engine {
            e.trace(tracer);
        }
    }

    /// 7.3.14 Call.
    #[inline]
    pub fn call(&mut self, f: Value, this: Value, args: &[Value]) -> JsResult<Value> {
        (self.hooks.call)(self, f, this, args)
    }
    /// 7.3.15 Construct with newTarget = the constructor.
    #[inline]
    pub fn construct(&mut self, constructor: Object, args: &[Value]) -> JsResult<Object> {
        (self.hooks.construct)(self, constructor, args, constructor)
    }
    /// 7.3.15 Construct.
    #[inline]
    pub fn construct_with(
        &mut self,
        constructor: Object,
        args: &[Value],
        new_target: Object,
    ) -> JsResult<Object> {
        (self.hooks.construct)(self, constructor, args, new_target)
    }
    /// Throws a RangeError when the native stack is nearly used up. Every Rust function that may
    /// recurse on user-controlled depth calls it.
    #[inline(always)]
    pub fn check_native_stack(&mut self) -> JsResult<()> {
        let marker = 0u8;
        if (&marker as *const u8 as usize) < self.native_stack_limit {
            return Err(self.stack_overflow());
        }
        Ok(())
    }
    /// Bytes of native stack that recursive Rust code may still use.
    pub fn native_stack_left(&self) -> usize {
        let marker = 0u8;
        (&raw const marker as usize).saturating_sub(self.native_stack_limit)
    }
    /// How sources are compiled.
    pub fn compile_options(&self) -> CompileOptions {
        CompileOptions {
            completion: false,
            lazy: self.options.lazy,
        }
    }
    /// A fresh symbol; `description` is a string or `undefined`.
    pub fn new_symbol(&mut self, description: Value) -> Symbol {
        let hash = self.next_symbol_hash();
        Symbol(self.heap.alloc(SymbolCell::new(description, false, hash)))
    }
    /// A fresh private name; `description` includes the `#`.
    pub fn new_private_name(&mut self, description: JsString) -> Symbol {
        let hash = self.next_symbol_hash();
        Symbol(
            self.heap
                .alloc(SymbolCell::new(description.into(), true, hash)),
        )
    }
    fn next_symbol_hash(&mut self) -> u32 {
        self.symbol_hash = self
            .symbol_hash
            .wrapping_mul(0x9E37_79B1)
            .wrapping_add(0x7F4A_7C15);
        self.symbol_hash
    }
    /// 20.4.2.2 Symbol.for.
    pub fn symbol_for(&mut self, key: JsString) -> Symbol {
        let key = self.intern_string(key);
        if let Some(s) = self.symbol_registry.get(&key) {
            return *s;
        }
        let s = self.new_symbol(key.into());
        s.set_registered();
        self.symbol_registry.insert(key, s);
        s
    }
    /// The key of a Rust string.
    pub fn key(&mut self, s: &str) -> PropertyKey {
        PropertyKey::from_str(self, s)
    }
    /// Runs a full collection.
    pub fn collect_garbage(&mut self) {
        self.heap.collect(sarus_gc::CollectReason::Explicit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abstract_ops::{create_data_property, get};
    use crate::realm::Intrinsic;

    #[test]
    fn every_intrinsic_builds() {
        let mut agent = Agent::new(AgentOptions::default());
        for i in Intrinsic::ALL {
            agent.intrinsic(i);
        }
    }

    #[test]
    fn properties_survive_collections() {
        let mut options = AgentOptions::default();
        options.heap.gc_stress = Some(3);
        let mut agent = Agent::new(options);
        let o = agent.new_plain_object();
        for i in 0..1000 {
            let key = agent.key(&format!("p{i}"));
            create_data_property(&mut agent, o, key, Value::int(i)).unwrap();
        }
        for i in 0..1000 {
            let key = agent.key(&format!("p{i}"));
            assert_eq!(get(&mut agent, o, key).unwrap(), Value::int(i));
        }
        let key = agent.key("p500");
        assert!(o.delete(&mut agent, key).unwrap());
        assert!(get(&mut agent, o, key).unwrap().is_undefined());
        assert_eq!(o.own_property_keys(&mut agent).unwrap().len(), 999);
    }
}
