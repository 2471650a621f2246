//! Linked code: a code block of `sarus-bytecode` with its constants as values and its feedback.
//!
//! **Invariant:** `words`, `constants`, `ics` and `feedback` are what the verifier checked the block
//! against, so the interpreter indexes them without bounds checks.
//!
//! **Invariant:** code that waits for its first call has a block with the one instruction `CompileLazy`; running that replaces
//! everything here at once ([`Agent::compile_lazy`]), before anything else of the function can have run. Nobody else may keep
//! `words`, `constants` or counts of such code.

use crate::agent::Agent;
use crate::bigint_math;
use crate::builtins::regexp::regexp_literal_constant;
use crate::error::{JsResult, Throw};
use crate::kind::{CellKind, Trace, mark_value};
use crate::object::{CALLABLE, CLASS_CONSTRUCTOR, CONSTRUCTOR, LAZY};
use crate::realm::Realm;
use crate::shape::{Shape, ShapeId};
use crate::stack_trace::Place;
use crate::string::JsString;
use crate::text::StrView;
use crate::tier::{NativeEntry, TierData};
use crate::value::Value;
use sarus_bytecode::{CodeBlock, CompileError, Constant, JsStr, compile_lazy};
pub use sarus_bytecode::{Op, SourceText};
use sarus_gc::{Gc, Header, HeapCell, RootVec, Tracer, WeakVisitor};
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// `IcSlot::shape` of a slot whose `a` is a `PolyIc`.
pub const IC_POLYMORPHIC: ShapeId = u32::MAX - 1;
/// `IcSlot::shape` of a megamorphic slot.
pub const IC_MEGAMORPHIC: ShapeId = u32::MAX;

/// One inline-cache site, 32 bytes. What `handler`, `a`, `b`, `c` mean is the interpreter's business;
/// `a`, `b`, `c` are scanned conservatively, so they may hold cells or plain numbers.
#[repr(C)]
#[derive(Copy, Clone, Default, Debug)]
pub struct IcSlot {
    /// Shape id, 0 when empty, or one of the state markers above.
    pub shape: ShapeId,
    /// Handler kind and small payload.
    pub handler: u32,
    /// First payload word.
    pub a: u64,
    /// Second payload word.
    pub b: u64,
    /// Third payload word.
    pub c: u64,
}

/// Up to four (shape, handler) pairs of a polymorphic site.
#[repr(C)]
pub struct PolyIc {
    header: Header,
    /// An entry was stored since the collector saw them.
    changed: Cell<bool>,
    /// The entries; unused ones have shape 0, those of call sites `IC_MEGAMORPHIC`.
    entries: [Cell<IcSlot>; 4],
}

// SAFETY: repr(C) with the header first; traced and sized as PolyIc.
unsafe impl HeapCell for PolyIc {
    const KIND: u8 = CellKind::PolyIc as u8;
}

impl Trace for PolyIc {
    const RESCAN: bool = true;
    const WEAK: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        if tracer.is_unchanged(&self.changed) {
            // Shapes survive minor collections.
            return;
        }
        for e in &self.entries {
            mark_ic(tracer, &e.get());
        }
        tracer.defer_weak(&self.header);
    }
    fn weak(&self, visitor: &WeakVisitor) {
        for e in &self.entries {
            let shape = e.get().shape;
            if shape != IC_MEGAMORPHIC && !visitor.is_shape_marked(shape) {
                e.set(IcSlot::default());
            }
        }
    }
}

impl PolyIc {
    /// The entries.
    #[inline(always)]
    pub fn entries(&self) -> impl Iterator<Item = IcSlot> + '_ {
        self.entries.iter().map(Cell::get)
    }
    /// Overwrites entry `i`.
    pub fn set_entry(&self, i: usize, entry: IcSlot) {
        self.changed.set(true);
        self.entries[i].set(entry);
    }
}

impl Agent {
    /// An empty polymorphic cache.
    pub fn new_poly_ic(&mut self) -> Gc<PolyIc> {
        self.heap.alloc(PolyIc {
            header: Header::new(PolyIc::KIND),
            changed: Cell::new(true),
            entries: Default::default(),
        })
    }
}

fn mark_ic(tracer: &mut Tracer, ic: &IcSlot) {
    let words = [ic.a, ic.b, ic.c];
    let range = words.as_ptr_range();
    // SAFETY: the range is the local array.
    unsafe { tracer.mark_conservative_range(range.start.cast(), range.end.cast()) };
}

/// Slots that codes without feedback share: never written.
static NO_ICS: [IcSlot; 1024] = [IcSlot {
    shape: 0,
    handler: 0,
    a: 0,
    b: 0,
    c: 0,
}; 1024];

fn initial_ics(block: &CodeBlock) -> *mut IcSlot {
    if block.ic_kinds.len() <= NO_ICS.len() {
        NO_ICS.as_ptr().cast_mut()
    } else {
        std::ptr::null_mut()
    }
}

/// What a call of a closure needs besides the frame.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum EntryKind {
    /// Nothing.
    Plain,
    /// `this` and new.target come from the closure.
    Arrow,
    /// More: class constructors throw, actual arguments are copied.
    Special,
    /// There is compiled code.
    Compiled,
}

fn entry_kind(block: &CodeBlock) -> EntryKind {
    if block.flags.class_constructor || block.flags.needs_actuals {
        EntryKind::Special
    } else if block.flags.arrow {
        EntryKind::Arrow
    } else {
        EntryKind::Plain
    }
}

/// In a call word: `this` and new.target come from the closure.
pub const CALL_ARROW: u32 = 1 << 16;
/// In a call word, in place of the number of parameters: calls need more than a frame.
pub const CALL_SPECIAL: u32 = 0xFFFF;
/// In a call word: the list of actual arguments is to be stored in the register whose number begins at `CALL_ACTUALS_SHIFT`.
pub const CALL_ACTUALS: u32 = 1 << 17;
/// See `CALL_ACTUALS`.
pub const CALL_ACTUALS_SHIFT: u32 = 18;

/// What a call must know of a code, in one word: the number of parameters in the low 16 bits (`CALL_SPECIAL` for class
/// constructors, and where there are too many), `CALL_ARROW`, and where a list of actual arguments goes.
fn call_word(block: &CodeBlock) -> u32 {
    let flags = &block.flags;
    let list = match flags.needs_actuals {
        true => CALL_ACTUALS | block.actuals_reg << CALL_ACTUALS_SHIFT,
        false => 0,
    };
    let far = flags.needs_actuals && block.actuals_reg >= 1 << (32 - CALL_ACTUALS_SHIFT);
    let special = flags.class_constructor || far || block.param_count >= CALL_SPECIAL;
    let params = match special {
        true => CALL_SPECIAL,
        false => block.param_count | list,
    };
    params | if flags.arrow { CALL_ARROW } else { 0 }
}

fn closure_flags(block: &CodeBlock) -> u8 {
    let mut bits = CALLABLE | LAZY;
    if block.flags.is_constructor() {
        bits |= CONSTRUCTOR;
    }
    if block.flags.class_constructor {
        bits |= CLASS_CONSTRUCTOR;
    }
    bits
}

type InnerFunctions = [Cell<Option<Gc<LinkedCode>>>];

fn owned_slice<T>(slice: Box<[T]>) -> Cell<*mut [T]> {
    Cell::new(Box::into_raw(slice))
}

fn no_inner_functions(block: &CodeBlock) -> Box<InnerFunctions> {
    block.functions.iter().map(|_| Cell::new(None)).collect()
}

/// Inline-cache slots and feedback bytes.
type FeedbackVectors = (Box<[IcSlot]>, Box<[u8]>);

/// How many functions were compiled when.
#[derive(Copy, Clone, Default, Debug)]
pub struct CodeCounts {
    /// Functions in the sources that were loaded, programs included.
    pub functions: u64,
    /// Of these compiled at once.
    pub compiled_at_load: u64,
    /// Compiled at their first call, or along with a function around them.
    pub compiled_later: u64,
}

/// Code ready to run in one realm.
#[repr(C)]
pub struct LinkedCode {
    header: Header,
    words: Cell<*const u32>,
    /// See [`LinkedCode::note_change`].
    changed: Cell<bool>,
    /// Owned.
    constants: Cell<*mut [Value]>,
    ics: Cell<*mut IcSlot>,
    feedback: Cell<*mut u8>,
    register_count: Cell<u32>,
    param_count: u32,
    /// Counts down by calls (1) and loop iterations (2): feedback is allocated when it first gets to 0.
    pub budget: Cell<i32>,
    /// Where native code enters it.
    native_entry: Cell<NativeEntry>,
    /// What the optimizing tier keeps for it.
    pub tier: RefCell<Option<Box<dyn TierData>>>,
    /// Inline slots that instances made by this constructor need, once that was estimated.
    pub instance_slots: Cell<Option<u8>>,
    /// What a call needs besides the frame.
    entry: Cell<EntryKind>,
    /// See [`call_word`].
    call_word: Cell<u32>,
    /// Header flags of closures.
    closure_flags: u8,
    /// Shape of closures with the default prototype.
    closure_shape: Cell<Option<Gc<Shape>>>,
    realm: Realm,
    /// What was linked: perhaps the stand-in of a lazy function, which then owns its code.
    block: Arc<CodeBlock>,
    /// The block that runs: `block`, or the code it is the stand-in of.
    current: Cell<*const CodeBlock>,
    /// Owners of what `ics` and `feedback` point to.
    vectors: RefCell<FeedbackVectors>,
    /// Inner functions linked so far; owned.
    functions: Cell<*mut InnerFunctions>,
    /// Keeps scope constants of enclosing code alive.
    parent: Option<Gc<LinkedCode>>,
    /// The module the code belongs to (a module cell), or the host's script data, or undefined.
    script_or_module: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as LinkedCode.
unsafe impl HeapCell for LinkedCode {
    const KIND: u8 = CellKind::LinkedCode as u8;
}

impl Trace for LinkedCode {
    const RESCAN: bool = true;
    const FINALIZE: bool = true;
    const WEAK: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        if tracer.is_unchanged(&self.changed) {
            // Shapes survive minor collections.
            return;
        }
        for v in self.constants() {
            mark_value(tracer, *v);
        }
        tracer.mark(self.realm);
        if let Some(s) = self.closure_shape.get() {
            tracer.mark(s);
        }
        for f in self.functions() {
            if let Some(f) = f.get() {
                tracer.mark(f);
            }
        }
        if let Some(p) = self.parent {
            tracer.mark(p);
        }
        mark_value(tracer, self.script_or_module.get());
        if let Some(tier) = &*self.tier.borrow() {
            tier.trace(tracer);
        }
        let vectors = self.vectors.borrow();
        if !vectors.0.is_empty() {
            for ic in &vectors.0 {
                mark_ic(tracer, ic);
            }
            drop(vectors);
            tracer.defer_weak(&self.header);
        }
    }
    fn weak(&self, visitor: &WeakVisitor) {
        for ic in &mut self.vectors.borrow_mut().0 {
            let is_state = ic.shape == 0 || ic.shape >= IC_POLYMORPHIC;
            if !is_state && !visitor.is_shape_marked(ic.shape) {
                *ic = IcSlot::default();
            }
        }
    }
}

impl Value {
    /// The linked code, if it is one: never a value that JavaScript sees.
    pub fn as_linked_code(self) -> Option<Gc<LinkedCode>> {
        if self.is_kind(CellKind::LinkedCode) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { self.cell_unchecked() })
        } else {
            None
        }
    }
}

impl Drop for LinkedCode {
    fn drop(&mut self) {
        sarus_gc::external_freed(self.external_bytes());
        // SAFETY: both come from `Box::into_raw`, and nothing else frees what is there at the end.
        unsafe { drop(Box::from_raw(self.constants.get())) };
        // SAFETY: as above.
        unsafe { drop(Box::from_raw(self.functions.get())) };
    }
}

impl LinkedCode {
    /// What the code takes outside the heap, roughly; inline caches are not counted, because they
    /// may come later.
    fn external_bytes(&self) -> usize {
        256 + self.block().words.len() * 4 + self.constants().len() * 8
    }
    /// The code block: the stand-in of a lazy function until it is compiled.
    #[inline]
    pub fn block(&self) -> &CodeBlock {
        // SAFETY: `block` is this code block, or owns it from when it was set here on.
        unsafe { &*self.current.get() }
    }
    /// The code block, shared.
    pub fn block_arc(&self) -> Arc<CodeBlock> {
        let compiled = self.block.lazy.as_ref().and_then(|lazy| lazy.compiled());
        match compiled {
            Some(code) if std::ptr::eq(&**code, self.current.get()) => code.clone(),
            _ => self.block.clone(),
        }
    }
    /// Whether the function waits for its first call.
    #[inline]
    pub fn is_lazy(&self) -> bool {
        self.block().lazy.is_some()
    }
    /// The first instruction word.
    #[inline(always)]
    pub fn words(&self) -> *const u32 {
        self.words.get()
    }
    /// Constants as values (`undefined` for those that are tables).
    #[inline(always)]
    pub fn constants(&self) -> &[Value] {
        // SAFETY: the code owns the slice; it is replaced only before the function runs for the first time, while it is empty.
        unsafe { &*self.constants.get() }
    }
    #[inline(always)]
    fn functions(&self) -> &InnerFunctions {
        // SAFETY: as in `constants`.
        unsafe { &*self.functions.get() }
    }
    /// The inline-cache slots: all empty and not to be written until `allocate_feedback`.
    #[inline(always)]
    pub fn ics(&self) -> *mut IcSlot {
        self.ics.get()
    }
    /// The feedback bytes, null until `allocate_feedback`.
    #[inline(always)]
    pub fn feedback(&self) -> *mut u8 {
        self.feedback.get()
    }
    /// Frame size in words, header included.
    #[inline(always)]
    pub fn register_count(&self) -> u32 {
        self.register_count.get()
    }
    /// Formal parameters.
    #[inline(always)]
    pub fn param_count(&self) -> u32 {
        self.param_count
    }
    /// The realm.
    #[inline(always)]
    pub fn realm(&self) -> Realm {
        self.realm
    }
    /// The module or script that the code belongs to.
    pub fn script_or_module(&self) -> Value {
        self.script_or_module.get()
    }
    /// True for code that was compiled from a text of its own: no inner function.
    pub fn is_outermost(&self) -> bool {
        self.parent.is_none()
    }
    /// Sets the module or script.
    pub fn set_script_or_module(&self, v: Value) {
        self.note_change();
        self.script_or_module.set(v);
    }
    /// Has to be called whenever a reference was stored into the code, its caches or what the tier keeps for it: until the next
    /// minor collection it is a cell like any that was written to.
    #[inline(always)]
    pub fn note_change(&self) {
        self.changed.set(true);
    }
    /// True once the inline caches may be written.
    #[inline(always)]
    pub fn has_feedback(&self) -> bool {
        !self.feedback.get().is_null()
    }
    /// What a call needs besides the frame.
    #[inline(always)]
    pub fn entry(&self) -> EntryKind {
        self.entry.get()
    }
    /// Byte offset of the address of the native entry.
    pub const NATIVE_ENTRY_OFFSET: usize = std::mem::offset_of!(LinkedCode, native_entry);
    /// Whether it has native code of its own.
    pub fn is_compiled(&self) -> bool {
        self.entry.get() == EntryKind::Compiled
    }
    /// Byte offset of the call word.
    pub const CALL_WORD_OFFSET: usize = std::mem::offset_of!(LinkedCode, call_word);
    /// Byte offset of the realm.
    pub const REALM_OFFSET: usize = std::mem::offset_of!(LinkedCode, realm);
    /// What a call must know: parameters in the low 16 bits or `CALL_SPECIAL` there, `CALL_ARROW`, `CALL_ACTUALS`.
    #[inline(always)]
    pub fn call_word(&self) -> u32 {
        self.call_word.get()
    }
    /// Where native code enters it.
    #[inline(always)]
    pub fn native_entry(&self) -> NativeEntry {
        self.native_entry.get()
    }
    /// Sets the native entry of compiled code.
    pub fn set_compiled(&self, entry: NativeEntry) {
        self.native_entry.set(entry);
        self.entry.set(EntryKind::Compiled);
    }
    /// Back to bytecode, with the native entry of codes that are not compiled.
    pub fn reset_compiled(&self, entry: NativeEntry) {
        self.native_entry.set(entry);
        self.entry.set(entry_kind(&self.block));
    }
    /// Header flags of closures.
    #[inline(always)]
    pub fn closure_flags(&self) -> u8 {
        self.closure_flags
    }
    /// The shape of closures with the default prototype, once there was one.
    #[inline(always)]
    pub fn closure_shape(&self) -> Option<Gc<Shape>> {
        self.closure_shape.get()
    }
    /// The header word of closures with the default prototype, and the shape in it, once there was one.
    pub fn closure_header(&self) -> Option<(u64, Gc<Shape>)> {
        let shape = self.closure_shape.get()?;
        let aux = u64::from(shape.inline_capacity() as u8) << 2;
        let head = u64::from(shape.id()) | u64::from(shape.kind()) << 32;
        Some((
            head | u64::from(self.closure_flags) << 40 | aux << 56,
            shape,
        ))
    }
    /// The linked code of an inner function, once there was a closure of it.
    pub fn linked_inner(&self, index: usize) -> Option<Gc<LinkedCode>> {
        self.functions().get(index)?.get()
    }
    /// Notes the shape of closures with the default prototype.
    pub fn set_closure_shape(&self, shape: Gc<Shape>) {
        self.note_change();
        self.closure_shape.set(Some(shape));
    }
    /// Allocates the inline caches and feedback bytes.
    pub fn allocate_feedback(&self) {
        if self.has_feedback() {
            return;
        }
        let mut vectors = self.vectors.borrow_mut();
        // One slot at least, so that the pointer is not null afterwards.
        let block = self.block();
        vectors.0 = vec![IcSlot::default(); block.ic_kinds.len().max(1)].into_boxed_slice();
        vectors.1 = vec![0; block.feedback_len().max(1)].into_boxed_slice();
        self.ics.set(vectors.0.as_mut_ptr());
        self.feedback.set(vectors.1.as_mut_ptr());
    }
    /// Makes caches and feedback as they were before the code ran. What is kept in slots for good (template objects, classes)
    /// stays.
    pub fn clear_feedback(&self) {
        let mut vectors = self.vectors.borrow_mut();
        let block = self.block();
        for (slot, kind) in vectors.0.iter_mut().zip(&block.ic_kinds) {
            if kind.is_cache() {
                *slot = IcSlot::default();
            }
        }
        vectors.1.fill(0);
    }
}

/// A view of a plain-data string.
pub fn js_str_view(s: &JsStr) -> StrView<'_> {
    match s {
        JsStr::Latin1(b) => StrView::Latin1(b),
        JsStr::Utf16(u) => StrView::Utf16(u),
    }
}

impl Agent {
    /// The atom of a plain-data string.
    pub fn intern_js_str(&mut self, s: &JsStr) -> JsString {
        self.intern_view(js_str_view(s))
    }
    /// Links a code block into the current realm.
    pub fn link_code(
        &mut self,
        block: Arc<CodeBlock>,
        parent: Option<Gc<LinkedCode>>,
    ) -> Gc<LinkedCode> {
        // A lazy function that was called before, through other code linked from its block, is no longer lazy.
        let compiled = block
            .lazy
            .as_ref()
            .and_then(|lazy| lazy.compiled())
            .cloned();
        let block = compiled.unwrap_or(block);
        let constants = self.link_constants(&block);
        if parent.is_none() {
            self.code_counts.functions += u64::from(block.counts.functions);
            self.code_counts.compiled_at_load += u64::from(block.counts.compiled);
        }
        let code = LinkedCode {
            header: Header::new(LinkedCode::KIND),
            changed: Cell::new(true),
            words: Cell::new(block.words.as_ptr()),
            constants: owned_slice(constants.as_slice().into()),
            ics: Cell::new(initial_ics(&block)),
            feedback: Cell::new(std::ptr::null_mut()),
            register_count: Cell::new(block.register_count),
            param_count: block.param_count,
            budget: Cell::new(2),
            instance_slots: Cell::new(None),
            entry: Cell::new(entry_kind(&block)),
            call_word: Cell::new(call_word(&block)),
            native_entry: Cell::new(self.hooks.native_entry),
            tier: RefCell::default(),
            closure_flags: closure_flags(&block),
            closure_shape: Cell::new(None),
            realm: self.realm,
            vectors: RefCell::default(),
            functions: owned_slice(no_inner_functions(&block)),
            parent,
            script_or_module: Cell::new(
                parent.map_or(Value::UNDEFINED, |p| p.script_or_module.get()),
            ),
            current: Cell::new(&raw const *block),
            block,
        };
        self.heap.add_external(code.external_bytes());
        let code = self.heap.alloc(code);
        if self.options.tier.explain {
            code.budget.set(1);
            self.linked.push(code);
        }
        if code.ics.get().is_null() {
            code.allocate_feedback();
        }
        code
    }
    fn link_constants(&mut self, block: &CodeBlock) -> RootVec<Value> {
        let mut constants = self.heap.root_vec::<Value>();
        for c in &block.constants {
            let v = match c {
                Constant::Number(n) => Value::number(*n),
                Constant::String(s) => self.intern_js_str(s).into(),
                Constant::BigInt(text) => self.bigint_constant(text),
                Constant::RegExp { pattern, flags } => {
                    let pattern = self.intern_js_str(pattern);
                    let flags = self.intern_js_str(flags);
                    regexp_literal_constant(self, pattern, flags)
                }
                _ => Value::UNDEFINED,
            };
            constants.push(v);
        }
        constants
    }
    /// The code of a function that waits for its first call, without putting it in place; `None` if it does not wait.
    ///
    /// # Errors
    /// RangeError if the native stack does not suffice, or if the function is too large.
    pub fn compile_lazy(&mut self, code: Gc<LinkedCode>) -> JsResult<Option<Arc<CodeBlock>>> {
        if !code.is_lazy() {
            return Ok(None);
        }
        match compile_lazy(&code.block, self.native_stack_left() / 4) {
            Ok(block) => Ok(block),
            Err(CompileError::Syntax(_)) => Err(self.stack_overflow()),
            Err(e) => {
                let source = code.block.source.clone();
                Err(throw_compile_error(self, &e, &source))
            }
        }
    }
    /// Puts `block`, which `compile_lazy` gave, in place of the stand-in.
    pub fn install_lazy(&mut self, code: Gc<LinkedCode>, block: &CodeBlock) {
        self.code_counts.compiled_later += u64::from(block.counts.compiled);
        let constants = self.link_constants(block);
        sarus_gc::external_freed(code.external_bytes());
        code.note_change();
        let inner = no_inner_functions(block);
        let empty = code
            .constants
            .replace(Box::into_raw(constants.as_slice().into()));
        // SAFETY: the slice was made by `Box::into_raw`; the function has not run, so nobody looks at it.
        unsafe { drop(Box::from_raw(empty)) };
        let empty = code.functions.replace(Box::into_raw(inner));
        // SAFETY: as above.
        unsafe { drop(Box::from_raw(empty)) };
        code.current.set(block);
        code.words.set(block.words.as_ptr());
        code.register_count.set(block.register_count);
        code.call_word.set(call_word(block));
        code.ics.set(initial_ics(block));
        code.feedback.set(std::ptr::null_mut());
        code.vectors.take();
        self.heap.add_external(code.external_bytes());
        if code.ics.get().is_null() {
            code.allocate_feedback();
        }
    }
    fn bigint_constant(&mut self, text: &JsStr) -> Value {
        let JsStr::Latin1(digits) = text else {
            return Value::UNDEFINED;
        };
        match bigint_math::parse_literal(digits) {
            Ok(Some(n)) => self.new_bigint(n).into(),
            _ => Value::UNDEFINED,
        }
    }
    /// The linked code of inner function `index`, linking it at first use.
    #[inline]
    pub fn inner_code(&mut self, code: Gc<LinkedCode>, index: usize) -> Gc<LinkedCode> {
        if let Some(inner) = code.functions()[index].get() {
            return inner;
        }
        let inner = self.link_code(code.block().functions[index].clone(), Some(code));
        code.note_change();
        code.functions()[index].set(Some(inner));
        inner
    }
}

/// Throws the error that a failed compilation means.
pub fn throw_compile_error(agent: &mut Agent, e: &CompileError, source: &Arc<SourceText>) -> Throw {
    match e {
        CompileError::TooLarge => agent.range_error(e.to_string()),
        CompileError::Syntax(d) => {
            let throw = agent.syntax_error(&d.message);
            agent.thrown_at = Place::Source(source.clone(), d.span.start, d.span.end);
            throw
        }
    }
}
