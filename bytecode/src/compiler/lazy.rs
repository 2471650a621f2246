//! Lazy compilation: what is kept of a function until its first call, and compiling it then.
//!
//! ```text
//! load:        whole source ──parser──► tree, scopes, early errors ──► code of the program and of what is called at once
//!                                            │
//!                                            └─ per function left out: LazyCode { FunctionStart, OuterScope chain, … }
//! first call:  source range ──parse_function──► tree of the one function, names of the code around unbound
//!                                            └──► compiler, which finds those names in the OuterScope chain ──► CodeBlock
//! ```
//!
//! No tree outlives the compilation. An [`OuterScope`] keeps of a scope what inner functions can see: its captured names and
//! where they live, which the first parse of the whole source decided. What the second parse decides about the
//! function itself is what the first one decided, since both see the same text in the same surroundings.
//!
//! A source position is parsed at most `1 + MAX_GENERATION` times, however deep functions are nested: a function that was
//! parsed that often takes all functions in it along.

use super::scope::{Home, Place, PlaceKind};
use super::{Body, ClassOf, Compiler, Pending, Program, code_flags, parameter_counts};
use crate::code_block::{CodeBlock, CodeKind, CompileCounts, NO_REGISTER, REG_PARAMS, SourceText};
use crate::compiler::CompileError;
use crate::opcodes::Op;
use crate::source_map::{Position, SourceMapBuilder};
use rustc_hash::FxHashMap;
use sarus_parser::ast::{ExprKind, Function, StmtKind};
use sarus_parser::scope::{BindingKind, Resolution, ScopeKind};
use sarus_parser::{
    BindingId, Bump, EvalContext, FunctionStart, Name, Options, RefId, ScopeId, Span,
};
use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// How often a source position may be parsed again.
const MAX_GENERATION: u8 = 3;
/// Functions inside a lazy function that are shorter than this many bytes are compiled along with it.
const SMALL_INNER: u32 = 400;

/// What a function that is compiled at its first call keeps until then, and its code from then on.
pub struct LazyCode {
    start: FunctionStart,
    class: Option<ClassOf>,
    program: Program,
    scope: Option<Arc<OuterScope>>,
    level: u32,
    context: EvalContext,
    generation: u8,
    compiled: OnceLock<Arc<CodeBlock>>,
}

impl LazyCode {
    /// The code, once there is some.
    pub fn compiled(&self) -> Option<&Arc<CodeBlock>> {
        self.compiled.get()
    }
}

impl fmt::Debug for LazyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazyCode")
            .field("start", &self.start)
            .field("compiled", &self.compiled.get().is_some())
            .finish_non_exhaustive()
    }
}

/// Which functions wait for their first call.
#[derive(Clone, Copy, Default)]
pub(super) struct Policy {
    /// How often the code being compiled was parsed again.
    generation: u8,
}

impl Policy {
    fn takes(self, function: &Function<'_>) -> bool {
        let is_worthwhile = self.generation == 0 || function.span.len() >= SMALL_INNER;
        is_worthwhile && self.generation < MAX_GENERATION && !function.likely_called
    }
}

/// What inner functions see of a scope.
#[derive(Debug)]
pub(super) struct OuterScope {
    /// The next scope outwards that anything can be seen of.
    parent: Option<Arc<OuterScope>>,
    kind: ScopeKind,
    /// Level of its environment.
    level: u32,
    /// A `with` object or variables made by eval may hide the names further out.
    barrier: bool,
    /// A function declaration's.
    hoisted: bool,
    /// Captured names, sorted.
    names: Box<[OuterName]>,
}

#[derive(Debug)]
struct OuterName {
    text: Box<[u8]>,
    home: Home,
    kind: BindingKind,
    /// See [`sarus_parser::scope::Binding::initialized_at`].
    initialized_at: u32,
}

impl Drop for OuterScope {
    fn drop(&mut self) {
        // Chains are as long as scopes are nested: no recursion.
        let mut next = self.parent.take();
        while let Some(mut scope) = next.and_then(Arc::into_inner) {
            next = scope.parent.take();
        }
    }
}

/// The code around the function being compiled.
pub(super) struct Outer {
    scope: Option<Arc<OuterScope>>,
    start: u32,
    /// Names looked up, and what was found.
    known: RefCell<Known>,
}

#[derive(Default)]
struct Known {
    names: FxHashMap<Name, Found>,
    bindings: Vec<OuterBinding>,
}

/// A binding of the code around.
#[derive(Clone, Copy)]
pub(super) struct OuterBinding {
    pub home: Home,
    pub level: u32,
    pub kind: BindingKind,
}

/// What a name means in the code around.
#[derive(Clone, Copy)]
struct Found {
    binding: Option<BindingId>,
    dynamic: bool,
    /// Its binding may be uninitialized: wherever it is used, and where the code may run early.
    tdz: bool,
    tdz_if_early: bool,
}

/// Bindings of the code around are numbered from here.
const OUTER_BINDINGS: u32 = 1 << 30;

impl<'a> Compiler<'_, 'a> {
    /// The stand-in for an inner function if that is compiled at its first call.
    pub(super) fn lazy_child(&mut self, pending: &Pending<'a>) -> Option<Arc<CodeBlock>> {
        let policy = self.lazy?;
        let (function, class) = match pending.body {
            Body::Function(function) => (function, None),
            Body::Constructor(function, class) => (function, Some(class)),
            _ => return None,
        };
        let is_program =
            self.program == Program::DynamicFunction && matches!(self.f.body, Body::Program);
        if is_program || !policy.takes(function) {
            return None;
        }
        let lazy = LazyCode {
            start: FunctionStart::of(function, self.program == Program::Module),
            class,
            program: self.program,
            scope: self.outer_scope(self.f.scope),
            level: pending.level,
            context: pending.context,
            generation: policy.generation + 1,
            compiled: OnceLock::new(),
        };
        Some(Arc::new(self.stand_in(pending, function, lazy)))
    }

    /// A code block with everything that can be asked of a function without running it.
    fn stand_in(
        &self,
        pending: &Pending<'a>,
        function: &Function<'a>,
        lazy: LazyCode,
    ) -> CodeBlock {
        let flags = function.flags;
        let span = lazy.class.map_or(function.span, |class| class.span);
        let (param_count, length) = parameter_counts(pending.body);
        let has_arguments = flags.uses_arguments() && !flags.is_arrow();
        let needs_actuals = has_arguments || function.rest.is_some();
        let mapped = super::maps_arguments(flags);
        let actuals_reg = REG_PARAMS + param_count;
        let mut positions = SourceMapBuilder::new(span.start);
        positions.add(
            0,
            Position {
                span,
                point: span.start,
            },
        );
        CodeBlock {
            kind: CodeKind::Function,
            flags: code_flags(
                pending.body,
                flags,
                CodeKind::Function,
                needs_actuals,
                mapped,
            ),
            words: vec![Op::CompileLazy as u32],
            constants: Vec::new(),
            handlers: Vec::new(),
            jump_tables: Vec::new(),
            ic_kinds: Vec::new(),
            functions: Vec::new(),
            register_count: actuals_reg + 1,
            param_count,
            length,
            actuals_reg: if needs_actuals {
                actuals_reg
            } else {
                NO_REGISTER
            },
            generator_reg: NO_REGISTER,
            name: pending.name.clone(),
            span,
            source: self.source.clone(),
            source_map: positions.finish(),
            loops: Vec::new(),
            module: None,
            register_names: Vec::new(),
            lazy: Some(Box::new(lazy)),
            counts: CompileCounts::default(),
        }
    }

    /// What functions in `scope`, which has been entered, see of it and what is around it.
    fn outer_scope(&mut self, scope: ScopeId) -> Option<Arc<OuterScope>> {
        if self.outer_scopes.is_empty() {
            self.outer_scopes
                .resize(self.parsed.scopes.scopes.len(), None);
        }
        let mut path = Vec::new();
        let mut next = Some(scope);
        let mut result = loop {
            let Some(id) = next else {
                break self.outer.as_ref().and_then(|outer| outer.scope.clone());
            };
            if let Some(known) = &self.outer_scopes[id.index()] {
                break known.clone();
            }
            path.push(id);
            next = self.parsed.scopes.scope(id).parent;
        };
        while let Some(id) = path.pop() {
            result = self.seen_of(id, result);
            self.outer_scopes[id.index()] = Some(result.clone());
        }
        result
    }

    /// A scope is entered, perhaps again: its names get their homes only now.
    pub(super) fn forget_outer_scope(&mut self, scope: ScopeId) {
        if let Some(known) = self.outer_scopes.get_mut(scope.index()) {
            *known = None;
        }
    }

    /// What inner functions see of one scope; `parent` itself if that is nothing.
    fn seen_of(&self, id: ScopeId, parent: Option<Arc<OuterScope>>) -> Option<Arc<OuterScope>> {
        let scopes = &self.parsed.scopes;
        let scope = scopes.scope(id);
        let mut names: Vec<OuterName> = scopes
            .bindings_of(id)
            .filter(|(id, binding)| {
                binding.captured
                    && match self.homes[id.index()] {
                        Home::Env(_) | Home::Module(_) | Home::Global | Home::Dynamic => true,
                        Home::Reg(_) => binding.kind.is_implicit(),
                        Home::Unset => false,
                    }
            })
            .map(|(id, binding)| OuterName {
                text: self.parsed.names.bytes(binding.name).into(),
                home: self.homes[id.index()],
                kind: binding.kind,
                initialized_at: binding.initialized_at,
            })
            .collect();
        let barrier = scope.kind == ScopeKind::With
            || scope.has_sloppy_eval && scope.kind != ScopeKind::Script;
        if names.is_empty() && !barrier && !scope.hoisted {
            return parent;
        }
        names.sort_unstable_by(|a, b| a.text.cmp(&b.text));
        Some(Arc::new(OuterScope {
            parent,
            kind: scope.kind,
            level: self.scope_levels[id.index()],
            barrier,
            hoisted: scope.hoisted,
            names: names.into(),
        }))
    }

    // ------------------------------------------------------------ names of the code around

    /// The binding of the code around with that number.
    pub(super) fn outer_binding(&self, id: BindingId) -> Option<OuterBinding> {
        let index = id.0.checked_sub(OUTER_BINDINGS)?;
        let known = self.outer.as_ref()?.known.borrow();
        known.bindings.get(index as usize).copied()
    }

    /// The place of a name that nothing in the function binds.
    pub(super) fn outer_place(&self, resolution: Resolution, name: Name, span: Span) -> Place {
        let found = self.found(name);
        let kind = match found.binding {
            _ if resolution.dynamic || found.dynamic => PlaceKind::Dynamic,
            Some(id) => self.binding_place(id),
            None => self.free_place(),
        };
        Place {
            kind,
            binding: found.binding,
            tdz: found.tdz || found.tdz_if_early && resolution.needs_tdz_check,
            name,
            span,
        }
    }

    /// Whether an identifier occurrence means a global.
    pub(super) fn is_global(&self, reference: RefId, name: Name) -> bool {
        if !self.parsed.resolve(reference).is_none() {
            return false;
        }
        let found = self.found(name);
        found.binding.is_none() && !found.dynamic && self.free_place() == PlaceKind::Global
    }

    /// What a name means in the code around.
    fn found(&self, name: Name) -> Found {
        let nothing = Found {
            binding: None,
            dynamic: false,
            tdz: false,
            tdz_if_early: false,
        };
        let Some(outer) = &self.outer else {
            return nothing;
        };
        if let Some(&found) = outer.known.borrow().names.get(&name) {
            return found;
        }
        let mut known = outer.known.borrow_mut();
        let text = self.parsed.names.bytes(name);
        let mut found = nothing;
        let (mut barrier, mut hoisted) = (false, false);
        let mut scope = outer.scope.as_deref();
        while let Some(current) = scope {
            if let Ok(index) = current.names.binary_search_by(|n| (*n.text).cmp(text)) {
                let binding = &current.names[index];
                found = binding.seen(current, outer.start, barrier, hoisted);
                found.binding = Some(BindingId(OUTER_BINDINGS + known.bindings.len() as u32));
                known.bindings.push(OuterBinding {
                    home: binding.home,
                    level: current.level,
                    kind: binding.kind,
                });
                break;
            }
            barrier |= current.barrier;
            hoisted |= current.hoisted;
            scope = current.parent.as_deref();
        }
        if found.binding.is_none() {
            found.dynamic = barrier && !is_hidden(name);
        }
        known.names.insert(name, found);
        found
    }

    /// The private names of the classes around, the outermost last.
    pub(super) fn outer_private_names(&self, names: &mut Vec<String>) {
        let mut scope = self.outer.as_ref().and_then(|outer| outer.scope.as_deref());
        while let Some(current) = scope {
            if current.kind == ScopeKind::ClassBody {
                names.extend(
                    current
                        .names
                        .iter()
                        .filter(|name| name.kind.is_private())
                        .map(|name| sarus_parser::names::lossy(&name.text).into_owned()),
                );
            }
            scope = current.parent.as_deref();
        }
    }
}

impl OuterName {
    /// How code at `start` sees the name through a `barrier` and functions that are `hoisted`; the same rules as the resolver's.
    fn seen(&self, scope: &OuterScope, start: u32, barrier: bool, hoisted: bool) -> Found {
        let is_parameter = self.kind == BindingKind::Parameter;
        let has_tdz = self.kind.has_tdz() && self.initialized_at != 0
            || is_parameter && self.initialized_at != u32::MAX;
        let is_special = self.kind.is_private()
            || self.kind == BindingKind::FieldKey
            || self.kind.is_implicit() && self.kind != BindingKind::Arguments;
        Found {
            binding: None,
            dynamic: barrier && !is_special,
            tdz: has_tdz
                && (start < self.initialized_at
                    || hoisted && !is_parameter
                    || scope.kind == ScopeKind::Switch),
            tdz_if_early: has_tdz && !is_parameter,
        }
    }
}

/// Names that are never looked up by name at run time.
fn is_hidden(name: Name) -> bool {
    matches!(
        name,
        Name::THIS | Name::NEW_TARGET | Name::HOME_OBJECT | Name::ACTIVE_FUNCTION
    )
}

/// Compiles a function that was left out when its source was loaded. `code` is its stand-in; the result is kept there too. The parser
/// may use `stack_budget` bytes of native stack.
///
/// # Errors
/// `Syntax` when the stack budget does not suffice, `TooLarge` as for other code; neither is kept.
pub fn compile_lazy(
    code: &CodeBlock,
    stack_budget: usize,
) -> Result<Option<Arc<CodeBlock>>, CompileError> {
    let Some(lazy) = &code.lazy else {
        return Ok(None);
    };
    if let Some(compiled) = lazy.compiled.get() {
        return Ok(Some(compiled.clone()));
    }
    let compiled = compile(&code.source, code, lazy, stack_budget)?;
    Ok(Some(lazy.compiled.get_or_init(|| compiled).clone()))
}

fn compile(
    source: &Arc<SourceText>,
    code: &CodeBlock,
    lazy: &LazyCode,
    stack_budget: usize,
) -> Result<Arc<CodeBlock>, CompileError> {
    let arena = Bump::new();
    let options = Options {
        stack_budget,
        features: source.features,
        ..Options::default()
    };
    let parsed = sarus_parser::parse_function(&arena, &source.text, lazy.start, &options)?;
    let function = match parsed.program.body {
        [statement] => match statement.kind {
            StmtKind::Expr(expr) => match expr.kind {
                ExprKind::Function(function) => function,
                _ => return Err(CompileError::TooLarge),
            },
            _ => return Err(CompileError::TooLarge),
        },
        _ => return Err(CompileError::TooLarge),
    };
    let pending = Pending {
        body: match lazy.class {
            Some(class) => Body::Constructor(function, class),
            None => Body::Function(function),
        },
        name: code.name.clone(),
        level: lazy.level,
        context: lazy.context,
    };
    let mut compiler = Compiler::new(source, &parsed, lazy.program, pending);
    compiler.lazy = Some(Policy {
        generation: lazy.generation,
    });
    compiler.outer = Some(Outer {
        scope: lazy.scope.clone(),
        start: lazy.start.span.start,
        known: RefCell::default(),
    });
    let compiled = compiler.run()?;
    debug_assert_eq!(
        (code.flags, code.span, code.length, code.param_count),
        (
            compiled.flags,
            compiled.span,
            compiled.length,
            compiled.param_count
        ),
        "the second parse sees what the first saw"
    );
    Ok(compiled)
}
