//! The compiler: syntax tree and scopes in, code blocks out.
//!
//! ```text
//! Parsed ──► Compiler ── queue of functions, outermost first ──► function.rs (entry, parameters, hoisting)
//!               │                                                     │
//!               │          stmt.rs loops.rs control.rs ◄──────────────┤
//!               │          expr.rs operators.rs chain.rs assign.rs pattern.rs literal.rs class.rs generator.rs
//!               ▼                                                     ▼
//!          Arc<CodeBlock> ◄───────────── finish (children before parents) ◄── Assembler
//! ```
//!
//! One function is compiled at a time; inner functions wait in a queue, so their nesting costs no native stack. Expressions are
//! compiled *into* a register: [`Compiler::ev`] takes an optional destination, and without one answers with whatever register
//! holds the value, which for a local variable is the variable itself. Registers are a stack: locals of a scope are
//! allocated when it is entered, temporaries above them.
//!
//! Left spines of the tree can be very deep and are walked by loops; the parser bounds all other nesting.

mod assign;
mod chain;
mod class;
mod control;
mod decorator;
mod expr;
mod function;
mod generator;
mod intrinsic;
mod lazy;
mod literal;
mod loops;
mod module;
mod number;
mod operators;
mod pattern;
mod program;
mod scope;
mod stmt;
mod tail;

pub use lazy::{LazyCode, compile_lazy};
pub(crate) use number::to_text as number_text;
pub use program::{
    CompileError, CompileOptions, compile_eval, compile_function, compile_module, compile_parsed,
    compile_script,
};

use crate::asm::{AsmError, Assembler, Label, Region};
use crate::code_block::{
    CodeBlock, CodeFlags, CodeKind, CompileCounts, Constant, IcKind, NO_REGISTER, REG_PARAMS,
    REG_THIS, SourceText,
};
use crate::js_str::JsStr;
use crate::opcodes::Op;
use crate::source_map::Position;
use rustc_hash::FxHashMap;
use sarus_parser::ast::{Class, ClassInit, Function, FunctionFlags};
use sarus_parser::{BindingId, EvalContext, Name, Parsed, ScopeId, Span};
use scope::Home;
use std::cell::RefCell;
use std::sync::Arc;

/// A register number.
type Reg = u32;

/// What the outermost code is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Program {
    Script,
    Module,
    /// Free names are looked up by name.
    DirectEval(EvalContext),
    IndirectEval,
    DynamicFunction,
}

/// The name an anonymous function gets from where it stands.
#[derive(Clone, Copy)]
enum Hint {
    None,
    Name(Name),
    /// A property key value known at run time.
    Reg(Reg),
}

/// What an entry of the queue compiles.
#[derive(Clone, Copy)]
enum Body<'a> {
    Function(&'a Function<'a>),
    /// A class constructor that is written.
    Constructor(&'a Function<'a>, ClassOf),
    DefaultConstructor(&'a Class<'a>),
    ClassInit {
        class: &'a Class<'a>,
        init: &'a ClassInit,
        is_static: bool,
    },
    Program,
}

/// What a constructor needs to know of its class.
#[derive(Clone, Copy, Debug)]
struct ClassOf {
    /// The source text of the class.
    span: Span,
    /// Constructing has to run `InitInstance`.
    instance_elements: bool,
}

impl ClassOf {
    fn of(class: &Class<'_>) -> ClassOf {
        ClassOf {
            span: class.span,
            instance_elements: function::has_instance_elements(class),
        }
    }
}

/// A function waiting to be compiled.
#[derive(Clone)]
struct Pending<'a> {
    body: Body<'a>,
    name: JsStr,
    /// Environment level its closure is made at.
    level: u32,
    /// What an eval in it may do; arrows take it over from around them.
    context: EvalContext,
}

/// An inner function.
#[derive(Clone)]
enum Child {
    /// Number in the queue.
    Queued(u32),
    /// Compiled at its first call.
    Lazy(Arc<CodeBlock>),
}

/// A compiled function whose inner functions are not attached yet.
struct Compiled {
    code: CodeBlock,
    children: Vec<Child>,
}

/// See the module docs.
struct Compiler<'p, 'a> {
    parsed: &'p Parsed<'a>,
    source: Arc<SourceText>,
    program: Program,
    want_completion: bool,
    homes: Vec<Home>,
    scope_levels: Vec<u32>,
    /// Slots of the bindings that are captured unseen, see `slot_of`.
    unseen_slots: RefCell<FxHashMap<BindingId, u32>>,
    /// Per name: (generation, constant) of the string constant in the current function.
    name_constants: Vec<(u32, u32)>,
    generation: u32,
    queue: Vec<Pending<'a>>,
    module: Option<Box<crate::code_block::ModuleCode>>,
    /// How inner functions become lazy; `None` compiles all of them.
    lazy: Option<lazy::Policy>,
    /// The code around, when this compiles one function of a source.
    outer: Option<lazy::Outer>,
    /// Per scope: what lazy functions in it have to know of it and those around.
    outer_scopes: Vec<Option<Option<Arc<lazy::OuterScope>>>>,
    f: Func<'a>,
}

/// State of the function being compiled.
struct Func<'a> {
    asm: Assembler,
    body: Body<'a>,
    flags: FunctionFlags,
    kind: CodeKind,
    strict: bool,
    context: EvalContext,
    /// Pattern and value of the destructuring that comes next, for messages.
    destructured: Option<Span>,
    /// The link that is compiled stands behind a call of its chain.
    behind_call: bool,
    /// First free register.
    top: Reg,
    /// Greatest `top` so far.
    max: Reg,
    /// Which registers are variables (a partly evaluated value must not be put there).
    locals: Vec<bool>,
    /// Number of environments between the program's outermost and the current one.
    level: u32,
    scope: ScopeId,
    control: Vec<control::Control>,
    completion: Option<Reg>,
    generator_reg: Reg,
    actuals_reg: Reg,
    /// Derived constructors with protected code: where returns go that must not be caught in the constructor itself.
    derived_exit: Option<function::DerivedExit>,
    /// The function's scope if its `arguments` object is mapped.
    mapped_scope: Option<ScopeId>,
    children: Vec<Child>,
    stubs: Vec<Stub>,
    /// Scopes with resources around the current position, and the registers of their lists.
    disposal: Vec<(ScopeId, Reg)>,
    /// Labels of the statement about to be compiled.
    labels: Vec<Name>,
    numbers: FxHashMap<u64, u32>,
    /// Where the arguments (or the template) of the call in tail position start that is being compiled.
    tail: Option<u32>,
}

/// Out-of-line code: a handler that closes an iterator and throws on.
struct Stub {
    label: Label,
    regions: Vec<Region>,
    level: u32,
    base: Reg,
    is_async: bool,
}

impl<'a> Func<'a> {
    fn new(body: Body<'a>, base: u32, scope: ScopeId) -> Func<'a> {
        Func {
            asm: Assembler::new(base),
            body,
            flags: FunctionFlags::NONE,
            kind: CodeKind::Function,
            strict: false,
            context: EvalContext::default(),
            destructured: None,
            behind_call: false,
            top: REG_PARAMS,
            max: REG_PARAMS,
            locals: vec![true; REG_PARAMS as usize],
            level: 0,
            scope,
            control: Vec::new(),
            completion: None,
            generator_reg: NO_REGISTER,
            actuals_reg: NO_REGISTER,
            derived_exit: None,
            mapped_scope: None,
            children: Vec::new(),
            stubs: Vec::new(),
            disposal: Vec::new(),
            labels: Vec::new(),
            numbers: FxHashMap::default(),
            tail: None,
        }
    }
}

impl<'p, 'a> Compiler<'p, 'a> {
    // ------------------------------------------------------------ registers

    /// A new temporary.
    fn alloc(&mut self) -> Reg {
        let reg = self.f.top;
        self.set_top(reg + 1);
        if let Some(local) = self.f.locals.get_mut(reg as usize) {
            *local = false;
        }
        reg
    }

    /// A new variable's register.
    fn alloc_local(&mut self) -> Reg {
        let reg = self.alloc();
        self.mark_local(reg, true);
        reg
    }

    fn mark_local(&mut self, reg: Reg, local: bool) {
        let index = reg as usize;
        if index >= self.f.locals.len() {
            self.f.locals.resize(index + 1, false);
        }
        self.f.locals[index] = local;
    }

    fn set_top(&mut self, top: Reg) {
        // Registers above the old top are temporaries whatever they were before.
        let from = (self.f.top as usize).min(self.f.locals.len());
        let to = (top as usize).min(self.f.locals.len());
        if from < to {
            self.f.locals[from..to].fill(false);
        }
        self.f.top = top;
        self.f.max = self.f.max.max(top);
        if top > 0xFFF0 {
            self.f.asm.fail();
            self.f.top = REG_PARAMS;
        }
    }

    fn is_local(&self, reg: Reg) -> bool {
        self.f.locals.get(reg as usize).copied().unwrap_or(false)
    }

    /// The destination, or a new temporary.
    fn dst(&mut self, dst: Option<Reg>) -> Reg {
        match dst {
            Some(dst) => dst,
            None => self.alloc(),
        }
    }

    /// A register for intermediate results on the way to `dst`: `dst` itself unless it is a variable.
    fn scratch_for(&mut self, dst: Reg) -> Reg {
        if self.is_local(dst) {
            self.alloc()
        } else {
            dst
        }
    }

    // ------------------------------------------------------------ emission

    fn emit(&mut self, op: Op, operands: &[u32]) {
        self.f.asm.emit(op, operands);
    }

    fn mov(&mut self, dst: Reg, src: Reg) {
        if dst != src {
            self.f.asm.emit(Op::Move, &[dst, src]);
        }
    }

    /// Position of what follows: fails as `span`, shown at its start.
    fn at(&mut self, span: Span) {
        self.f.asm.set_position(Position {
            span,
            point: span.start,
        });
    }

    /// Where the operator `text` stands before an operand that starts at `end`; None if a comment is in between.
    fn operator_before(&self, end: u32, text: &str) -> Option<u32> {
        let head = self.parsed.source.get(..end as usize)?.trim_ascii_end();
        head.strip_suffix(text.as_bytes())
            .map(|before| before.len() as u32)
    }

    fn at_point(&mut self, span: Span, point: u32) {
        self.f.asm.set_position(Position { span, point });
    }

    fn label(&mut self) -> Label {
        self.f.asm.label()
    }

    fn bind(&mut self, label: Label) {
        self.f.asm.bind(label);
    }

    fn jump(&mut self, label: Label) {
        let op = if self.f.asm.is_bound(label) {
            Op::JumpLoop
        } else {
            Op::Jump
        };
        self.f.asm.jump(op, &[], label);
    }

    fn slot(&mut self, kind: IcKind) -> u32 {
        self.f.asm.slot(kind)
    }

    // ------------------------------------------------------------ constants

    fn js(&self, name: Name) -> JsStr {
        JsStr::from_wtf8(self.parsed.names.bytes(name))
    }

    fn name_constant(&mut self, name: Name) -> u32 {
        let index = name.index();
        if index >= self.name_constants.len() {
            self.name_constants.resize(index + 1, (0, 0));
        }
        let (generation, constant) = self.name_constants[index];
        if generation == self.generation {
            return constant;
        }
        let text = self.js(name);
        let constant = self.f.asm.constant(Constant::String(text));
        self.name_constants[index] = (self.generation, constant);
        constant
    }

    fn string_constant(&mut self, text: JsStr) -> u32 {
        self.f.asm.constant(Constant::String(text))
    }

    fn number_constant(&mut self, value: f64) -> u32 {
        if let Some(&constant) = self.f.numbers.get(&value.to_bits()) {
            return constant;
        }
        let constant = self.f.asm.constant(Constant::Number(value));
        self.f.numbers.insert(value.to_bits(), constant);
        constant
    }

    fn load_number(&mut self, dst: Reg, value: f64) {
        let int = value as i32;
        if f64::from(int).to_bits() == value.to_bits() && i16::try_from(int).is_ok() {
            self.emit(Op::LoadInt, &[dst, int as u32]);
        } else {
            let constant = self.number_constant(value);
            self.emit(Op::LoadConst, &[dst, constant]);
        }
    }

    fn load_int(&mut self, dst: Reg, value: i32) {
        self.load_number(dst, f64::from(value));
    }

    fn load_name(&mut self, dst: Reg, name: Name) {
        let constant = self.name_constant(name);
        self.emit(Op::LoadConst, &[dst, constant]);
    }

    fn hint_text(&self, hint: Hint) -> JsStr {
        match hint {
            Hint::None | Hint::Reg(_) => JsStr::default(),
            Hint::Name(name) => self.js(name),
        }
    }

    // ------------------------------------------------------------ the queue

    /// Puts an inner function in the queue; the result is its index in `CodeBlock::functions`.
    fn enqueue(&mut self, body: Body<'a>, name: JsStr) -> u32 {
        let arrow = matches!(body, Body::Function(function) if function.flags.is_arrow());
        let context = if arrow {
            self.f.context
        } else {
            EvalContext::default()
        };
        let pending = Pending {
            body,
            name,
            level: self.f.level,
            context,
        };
        let child = match self.lazy_child(&pending) {
            Some(code) => Child::Lazy(code),
            None => {
                self.queue.push(pending);
                Child::Queued(self.queue.len() as u32 - 1)
            }
        };
        self.f.children.push(child);
        self.f.children.len() as u32 - 1
    }

    /// Compiles everything; the result is the outermost code block.
    fn run(mut self) -> Result<Arc<CodeBlock>, AsmError> {
        let mut compiled: Vec<Compiled> = Vec::new();
        while compiled.len() < self.queue.len() {
            let pending = self.queue[compiled.len()].clone();
            compiled.push(self.compile_one(&pending)?);
        }
        let count = compiled.len() as u32;
        // Children come after their parents in the queue, so going backwards every child is finished before its parent.
        if let Some(first) = compiled.first_mut() {
            first.code.counts = CompileCounts {
                functions: self.parsed.function_count,
                compiled: count,
            };
        }
        let mut finished: Vec<Option<Arc<CodeBlock>>> = vec![None; compiled.len()];
        for (index, mut item) in compiled.into_iter().enumerate().rev() {
            item.code.functions = item
                .children
                .iter()
                .filter_map(|child| match child {
                    Child::Queued(index) => finished[*index as usize].take(),
                    Child::Lazy(code) => Some(code.clone()),
                })
                .collect();
            debug_assert_eq!(item.code.functions.len(), item.children.len());
            finished[index] = Some(Arc::new(item.code));
        }
        finished
            .first_mut()
            .and_then(Option::take)
            .ok_or(AsmError::TooLarge)
    }

    fn compile_one(&mut self, pending: &Pending<'a>) -> Result<Compiled, AsmError> {
        let queued = self.queue.len();
        let code = self.compile_function(pending, false)?;
        let code = match code {
            Some(code) => code,
            None => {
                // Too many registers for the short encoding: once more, with scratch registers for staging.
                self.queue.truncate(queued);
                self.compile_function(pending, true)?
                    .ok_or(AsmError::TooLarge)?
            }
        };
        #[cfg(debug_assertions)]
        if let Err(error) = crate::verify::verify(&code.code) {
            panic!(
                "invalid bytecode: {error}\n{}",
                crate::disasm::disassemble(&code.code)
            );
        }
        Ok(code)
    }

    fn compile_function(
        &mut self,
        pending: &Pending<'a>,
        far: bool,
    ) -> Result<Option<Compiled>, AsmError> {
        self.generation += 1;
        let (span, flags, scope) = self.outline(pending);
        self.f = Func::new(pending.body, span.start, scope);
        self.f.flags = flags;
        self.f.strict = flags.is_strict();
        self.f.level = pending.level;
        self.f.context = pending.context;
        if far {
            // Below everything else, parameters excepted, which stay where the caller puts them.
            self.f.asm.set_scratch(self.far_scratch(pending.body));
        }
        self.function(pending, far);
        self.finish_stubs();
        self.finish_derived_exit();
        if self.f.asm.needs_scratch() {
            return if far {
                Err(AsmError::TooLarge)
            } else {
                Ok(None)
            };
        }
        let placeholder = Func::new(Body::Program, 0, scope);
        let f = std::mem::replace(&mut self.f, placeholder);
        self.finish_code(pending, f, span).map(Some)
    }

    fn finish_code(
        &mut self,
        pending: &Pending<'a>,
        f: Func<'a>,
        span: Span,
    ) -> Result<Compiled, AsmError> {
        let (param_count, length) = parameter_counts(pending.body);
        let code_flags = code_flags(
            pending.body,
            f.flags,
            f.kind,
            f.actuals_reg != NO_REGISTER,
            maps_arguments(f.flags),
        );
        let done = f.asm.finish()?;
        let code = CodeBlock {
            kind: f.kind,
            flags: code_flags,
            words: done.words,
            constants: done.constants,
            handlers: done.handlers,
            jump_tables: done.jump_tables,
            ic_kinds: done.ic_kinds,
            functions: Vec::new(),
            register_count: f.max.max(REG_THIS + 1),
            param_count,
            length,
            actuals_reg: f.actuals_reg,
            generator_reg: f.generator_reg,
            name: pending.name.clone(),
            span,
            source: self.source.clone(),
            source_map: done.source_map,
            loops: done.loops,
            module: match f.kind {
                CodeKind::Module => self.module.take(),
                _ => None,
            },
            register_names: Vec::new(),
            lazy: None,
            counts: CompileCounts::default(),
        };
        Ok(Compiled {
            code,
            children: f.children,
        })
    }
}

/// Number of parameters in registers and value of `length`.
fn parameter_counts(body: Body<'_>) -> (u32, u32) {
    match body {
        Body::Function(function) | Body::Constructor(function, _) => {
            (function.parameters.len() as u32, function.length)
        }
        _ => (0, 0),
    }
}

/// Whether the function has the `arguments` object of sloppy functions with simple parameters.
fn maps_arguments(flags: FunctionFlags) -> bool {
    flags.uses_arguments()
        && !flags.is_arrow()
        && !flags.is_strict()
        && flags.has_simple_parameters()
}

/// The properties of a code block.
fn code_flags(
    body: Body<'_>,
    flags: FunctionFlags,
    kind: CodeKind,
    needs_actuals: bool,
    mapped_arguments: bool,
) -> CodeFlags {
    let simple_parameters = match body {
        Body::Function(_) | Body::Constructor(..) => flags.has_simple_parameters(),
        _ => true,
    };
    let is_constructor = matches!(body, Body::Constructor(..) | Body::DefaultConstructor(_));
    let method = flags.is_method() || flags.is_class_init();
    CodeFlags {
        strict: flags.is_strict() || is_constructor,
        arrow: flags.is_arrow(),
        generator: flags.is_generator(),
        is_async: flags.is_async(),
        method,
        class_constructor: is_constructor,
        derived: flags.is_derived(),
        needs_actuals,
        mapped_arguments,
        simple_parameters,
        sloppy_function: !flags.is_strict()
            && !flags.is_arrow()
            && !method
            && !flags.is_generator()
            && !flags.is_async()
            && kind == CodeKind::Function,
        has_direct_eval: flags.has_direct_eval(),
        needs_home_object: flags.uses_super_property() || flags.contains_eval(),
    }
}
