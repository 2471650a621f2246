//! State of the interpreter, and the hooks that the runtime calls it through.

use crate::call;
use crate::descriptions::Descriptions;
use crate::dynamic::DynamicFunctions;
use crate::frame::{CALLEE, Fp, Frame};
use crate::ic::megamorphic::MegamorphicCache;
use crate::iteration::Pristine;
use crate::stack::JsStack;
use crate::tier::Tier;
use crate::{construct, eval, generator, natives, tier, trace};
use sarus_gc::{CollectReason, Gc, Tracer, WeakVisitor};
use sarus_runtime::agent::{Agent, EngineHooks, EngineState};
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::shape::ValidityCell;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The interpreter's part of an agent.
pub struct Vm {
    /// The innermost frame; null when no JavaScript runs.
    fp: Cell<Fp>,
    /// End of a call window that is filled but not yet a frame; null otherwise.
    window_end: Cell<Fp>,
    /// No frame may reach above.
    limit: Fp,
    /// The agent's interrupt word.
    interrupt: Arc<AtomicU32>,
    stack: JsStack,
    no_chain: Cell<Option<Gc<ValidityCell>>>,
    /// Loads at megamorphic sites.
    pub loads: MegamorphicCache,
    /// Stores at megamorphic sites.
    pub stores: MegamorphicCache,
    /// New own properties (private ones too) at megamorphic sites, whatever the object inherits.
    pub defines: MegamorphicCache,
    /// Whether array iteration is as the specification made it.
    pub pristine: Pristine,
    /// What messages call failing expressions.
    pub descriptions: Descriptions,
    /// Functions made from text.
    pub functions: DynamicFunctions,
    /// The optimizing tier.
    pub tier: Tier,
}

impl Vm {
    /// The innermost frame.
    #[inline(always)]
    pub fn fp(&self) -> Fp {
        self.fp.get()
    }
    /// Address of the word that holds the innermost frame.
    pub fn fp_address(&self) -> *const Cell<Fp> {
        &self.fp
    }
    /// Sets the innermost frame.
    #[inline(always)]
    pub fn set_fp(&self, fp: Fp) {
        self.fp.set(fp);
    }
    /// Lets collections see the call window that ends there, until it is a frame (or null).
    #[inline]
    pub fn guard_window(&self, end: Fp) {
        self.window_end.set(end);
    }
    /// No frame may reach above.
    #[inline(always)]
    pub fn limit(&self) -> Fp {
        self.limit
    }
    /// Words of the stack below `fp`.
    #[inline]
    pub fn depth_of(&self, fp: Fp) -> usize {
        (fp as usize - self.stack.base() as usize) / size_of::<sarus_runtime::value::Value>()
    }
    /// Whether an interrupt is pending.
    #[inline(always)]
    pub fn interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed) != 0
    }
    /// The validity cell of objects without prototype: never invalid.
    pub fn no_chain(&self, agent: &mut Agent) -> Gc<ValidityCell> {
        if let Some(cell) = self.no_chain.get() {
            return cell;
        }
        let o = agent.new_object(None);
        let cell = agent.validity_cell(o);
        self.no_chain.set(Some(cell));
        cell
    }
    /// First free word of the stack.
    #[inline]
    pub fn top(&self) -> Fp {
        let fp = self.fp.get();
        if fp.is_null() {
            self.stack.base()
        } else {
            Frame {
                fp,
                pc: std::ptr::null(),
            }
            .top()
        }
    }
}

impl EngineState for Vm {
    fn trace(&self, tracer: &mut Tracer) {
        let end = self.top().max(self.window_end.get());
        // SAFETY: the words from the base to the top of the innermost frame, or of the window above
        // it, are mapped.
        unsafe { tracer.mark_conservative_range(self.stack.base().cast(), end.cast()) };
        if let Some(cell) = self.no_chain.get() {
            tracer.mark(cell);
        }
        self.functions.trace(tracer);
        self.tier.trace(tracer);
    }
    fn weak(&mut self, visitor: &WeakVisitor) {
        // Shape ids may be given to other shapes from now on.
        for cache in [&self.loads, &self.stores, &self.defines] {
            cache.sweep(visitor);
        }
        self.functions.sweep(visitor);
        self.pristine.clear();
        self.tier.places.clear();
        sarus_gc::external_freed(self.tier.sweep(self.fp.get(), 0));
    }
}

/// The interpreter's state of an agent that [`install`] has seen.
#[inline(always)]
pub fn vm(agent: &Agent) -> &'static Vm {
    match &agent.engine {
        Some(engine) => {
            // SAFETY: `install` put a `Vm` there and nobody replaces it; it is boxed and lives as long as the agent, which
            // outlives every activation that uses the reference. All its parts that change are cells.
            unsafe { &*(&**engine as *const dyn EngineState as *const Vm) }
        }
        None => unreachable!("no interpreter is installed"),
    }
}

/// Makes the agent run bytecode.
pub fn install(agent: &mut Agent) -> Result<(), String> {
    let Some(stack) = JsStack::new(agent.options.stack_size) else {
        return Err("cannot reserve the JavaScript stack".into());
    };
    let state = Vm {
        fp: Cell::new(std::ptr::null_mut()),
        window_end: Cell::new(std::ptr::null_mut()),
        limit: stack.limit(),
        interrupt: Arc::clone(&agent.interrupt),
        stack,
        no_chain: Cell::new(None),
        loads: MegamorphicCache::new(),
        stores: MegamorphicCache::new(),
        defines: MegamorphicCache::new(),
        pristine: Pristine::default(),
        descriptions: Descriptions::default(),
        functions: DynamicFunctions::default(),
        tier: Tier::new(agent),
    };
    agent.engine = Some(Box::new(state));
    agent.hooks = EngineHooks {
        call: call::call_value,
        get: crate::iteration::cached_get,
        construct: construct::construct_value,
        resume: generator::resume,
        awaited: generator::awaited_job,
        indirect_eval: eval::indirect_eval,
        dynamic_function: eval::dynamic_function,
        run_code: call::run_code,
        shadow_realm_eval: eval::shadow_realm_eval,
        capture_stack: trace::capture_stack,
        position: trace::position,
        active_script_or_module: trace::active_script_or_module,
        native_entry: tier::interpret,
        compiled: tier::policy::collect,
        compile_regexp: tier::regexp::request,
        sample: tier::profile::sample,
        natives: Some(natives::function),
    };
    let data = std::ptr::from_mut(agent).cast();
    agent.heap.set_post_gc(collected, data);
    let global = agent.global_object();
    sarus_runtime::builtins::global::define_natives(agent, global);
    Ok(())
}

/// Ends a collection: compiled code, which can be made again, goes when memory is short.
///
/// # Safety
/// `data` is the agent, which is in a collection.
unsafe fn collected(data: *mut (), why: CollectReason) {
    // SAFETY: by the caller's promise; nothing here allocates in the heap.
    let agent = unsafe { &*data.cast::<Agent>() };
    let (used, limit) = (agent.heap.used_bytes(), agent.heap.config().max_heap_bytes);
    vm(agent).tier.announce_stores(agent);
    let is_short = why == CollectReason::Limit || used > limit / 8 * 7;
    let tier = &vm(agent).tier;
    // Once: what is hot is compiled again and stays until there was room in between.
    if is_short && !tier.flushed.replace(true) {
        tier.flush(agent);
    } else if used < limit / 2 {
        tier.flushed.set(false);
    }
}

/// Answers pending interrupts, and collects if a collection is due: callers have everything that lives in frames, or in a
/// guarded window above.
#[cold]
#[inline(never)]
pub fn poll(agent: &mut Agent) -> JsResult<()> {
    agent.heap.collect_if_due();
    agent.poll_interrupts()
}

/// Runs a frame that was pushed with `FLAG_ENTRY` to its end.
#[inline]
pub fn run_entry(
    agent: &mut Agent,
    entry: JsResult<Frame>,
) -> JsResult<sarus_runtime::value::Value> {
    let realm = agent.realm;
    let frame = entry?;
    let result = if frame.pc.is_null() {
        // Compiled code has run already: an exit names the frame that was left, whose first word holds the result.
        Some(frame.reg(CALLEE))
    } else {
        crate::dispatch::run(agent, frame)
    };
    agent.realm = realm;
    result.ok_or(Throw)
}

/// The callee of a frame as an object (scripts have none).
pub fn callee_of(frame: Frame) -> Option<sarus_runtime::object::Object> {
    frame.reg(CALLEE).as_object()
}
