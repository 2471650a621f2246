//! Collects scopes, bindings and the event log while parsing, and finds redeclarations.
//!
//! Scopes that declare nothing leave no trace: their entry is a placeholder event that becomes an `ENTER` at the first
//! declaration. The same placeholders let an arrow function claim, once it is discovered, everything logged since its `(`.

use super::{BindingKind, FunctionId, RefId, ScopeId, ScopeKind};
use crate::ast::Name;
use rustc_hash::FxHashMap;

/// Event kinds: the upper four bits of an event; the rest is a name, scope or binding.
pub(crate) mod event {
    pub const NOP: u32 = 0;
    pub const READ: u32 = 1 << 28;
    pub const WRITE: u32 = 2 << 28;
    pub const DECLARE: u32 = 3 << 28;
    pub const ENTER: u32 = 4 << 28;
    pub const EXIT: u32 = 5 << 28;
    pub const EVAL: u32 = 6 << 28;
    pub const HOIST: u32 = 7 << 28;
    pub const KIND: u32 = 15 << 28;
    pub const PAYLOAD: u32 = !KIND;
}

/// "Nothing" in indices.
pub(crate) const NONE: u32 = u32::MAX;

/// Above this many declarations a scope is searched through the hash map.
const SMALL_SCOPE: u32 = 8;

pub(crate) struct RawScope {
    pub kind: ScopeKind,
    pub function: FunctionId,
    pub strict: bool,
    pub sloppy_eval: bool,
    pub has_using: bool,
    /// A function declaration: it may run before what precedes it in the source.
    pub hoisted: bool,
}

pub(crate) struct RawBinding {
    pub name: Name,
    pub kind: BindingKind,
    pub scope: u32,
    /// Events from this index on see it initialized, as far as they are in the same function.
    pub init_at: u32,
    /// The same as a position in the source.
    pub initialized_at: u32,
    pub annex_b: bool,
    /// A plain function declaration, which sloppy blocks may repeat.
    pub plain_function: bool,
    /// A parameter that a function declaration in the body overwrites.
    pub overwritten: bool,
}

struct OpenScope {
    kind: ScopeKind,
    id: u32,
    enter: u32,
    first_declaration: u32,
    declaration_count: u32,
    candidates: u32,
    var_scope: u32,
    function: FunctionId,
    strict: bool,
    has_using: bool,
}

/// A name known in an open scope: declared there, or (`binding == NONE`) a `var` declared through it.
struct Declaration {
    name: Name,
    next: u32,
    binding: u32,
}

/// A sloppy block-level function that may also become a `var` (Annex B.3.3).
struct Candidate {
    name: Name,
    event: u32,
    origin: u32,
}

/// The name is already taken.
pub(crate) struct Redeclared;

#[derive(Default)]
pub(crate) struct ScopeBuilder {
    pub events: Vec<u32>,
    pub scopes: Vec<RawScope>,
    pub bindings: Vec<RawBinding>,
    open: Vec<OpenScope>,
    declarations: Vec<Declaration>,
    large: FxHashMap<(u32, Name), u32>,
    candidates: Vec<Candidate>,
    /// The last `EVAL` event of sloppy code; zero if none.
    last_sloppy_eval: u32,
}

impl ScopeBuilder {
    pub fn new(source_len: usize) -> ScopeBuilder {
        ScopeBuilder {
            events: Vec::with_capacity(source_len / 8 + 64),
            ..ScopeBuilder::default()
        }
    }

    #[inline]
    fn log(&mut self, event: u32) -> RefId {
        let id = self.events.len() as u32;
        self.events.push(event);
        RefId(id)
    }

    /// Logs a reference that reads `name`.
    #[inline]
    pub fn read(&mut self, name: Name) -> RefId {
        self.log(event::READ | name.0)
    }

    /// Logs a binding occurrence of `name` in the current scopes.
    #[inline]
    pub fn binding_occurrence(&mut self, name: Name) -> RefId {
        self.log(event::DECLARE | name.0)
    }

    /// Turns a logged reference into one that writes.
    #[inline]
    pub fn make_write(&mut self, reference: RefId) {
        if let Some(event) = self.events.get_mut(reference.0 as usize) {
            *event = *event & event::PAYLOAD | event::WRITE;
        }
    }

    /// Turns a logged reference into a binding occurrence.
    #[inline]
    pub fn make_binding(&mut self, reference: RefId) {
        if let Some(event) = self.events.get_mut(reference.0 as usize) {
            *event = *event & event::PAYLOAD | event::DECLARE;
        }
    }

    /// Forgets a logged reference.
    pub fn make_nothing(&mut self, reference: RefId) {
        if let Some(event) = self.events.get_mut(reference.0 as usize) {
            *event = event::NOP;
        }
    }

    /// Logs a possible direct eval.
    pub fn direct_eval(&mut self, sloppy: bool) {
        let event = self.log(event::EVAL);
        if sloppy && let Some(open) = self.open.last() {
            let at = open.var_scope as usize;
            let id = self.ensure_id(at);
            self.scopes[id as usize].sloppy_eval = true;
            self.last_sloppy_eval = event.0;
        }
    }

    /// The innermost scope was entered earlier than it was known to be one: sloppy evals since then are its own too.
    pub fn adopt_evals(&mut self) {
        let Some(open) = self.open.last() else { return };
        if self.last_sloppy_eval > open.enter {
            let id = self.ensure_id(self.open.len() - 1);
            self.scopes[id as usize].sloppy_eval = true;
        }
    }

    /// Reserves the entry of a scope that may turn out to have started here.
    #[inline]
    pub fn reserve(&mut self) -> u32 {
        let at = self.events.len() as u32;
        self.events.push(event::NOP);
        at
    }

    /// Opens a scope here.
    #[inline]
    pub fn open(&mut self, kind: ScopeKind, function: FunctionId, strict: bool) {
        let enter = self.reserve();
        self.open_at(enter, kind, function, strict);
    }

    /// Opens a scope whose entry is the reserved event `enter`.
    pub fn open_at(&mut self, enter: u32, kind: ScopeKind, function: FunctionId, strict: bool) {
        let depth = self.open.len() as u32;
        let var_scope = if kind.is_var_scope() {
            depth
        } else {
            self.open.last().map_or(0, |open| open.var_scope)
        };
        self.open.push(OpenScope {
            kind,
            id: NONE,
            enter,
            first_declaration: NONE,
            declaration_count: 0,
            candidates: self.candidates.len() as u32,
            var_scope,
            function,
            strict,
            has_using: false,
        });
    }

    /// Opens a scope that exists even when empty.
    pub fn open_real(&mut self, kind: ScopeKind, function: FunctionId, strict: bool) -> ScopeId {
        self.open(kind, function, strict);
        self.current_id()
    }

    /// The id of the innermost scope, which thereby exists.
    pub fn current_id(&mut self) -> ScopeId {
        let id = self.ensure_id(self.open.len() - 1);
        ScopeId::new(id as usize)
    }

    /// Enters an existing function-like scope again (class initializers), with an open entry to collect in.
    pub fn reenter(&mut self, id: ScopeId, function: FunctionId) {
        let index = id.index() as u32;
        let enter = self.reserve();
        self.events[enter as usize] = event::ENTER | index;
        let kind = self.scopes[id.index()].kind;
        self.open_at(enter, kind, function, true);
        if let Some(open) = self.open.last_mut() {
            open.id = index;
        }
    }

    fn ensure_id(&mut self, at: usize) -> u32 {
        let open = &mut self.open[at];
        if open.id == NONE {
            open.id = self.scopes.len() as u32;
            self.events[open.enter as usize] = event::ENTER | open.id;
            self.scopes.push(RawScope {
                kind: open.kind,
                function: open.function,
                strict: open.strict,
                sloppy_eval: false,
                has_using: open.has_using,
                hoisted: false,
            });
        }
        open.id
    }

    /// Marks the innermost scope and all that is open of the current function strict (a "use strict" directive was met).
    pub fn set_strict(&mut self, function: FunctionId) {
        for open in self.open.iter_mut().rev() {
            if open.function != function {
                break;
            }
            open.strict = true;
            if open.id != NONE {
                self.scopes[open.id as usize].strict = true;
            }
        }
    }

    /// Marks the innermost scope as holding resources to dispose.
    pub fn set_using(&mut self) {
        self.current_id();
        if let Some(open) = self.open.last_mut() {
            open.has_using = true;
            self.scopes[open.id as usize].has_using = true;
        }
    }

    /// The innermost scope, opened as `For`, is that of a `for-in`/`for-of` loop.
    pub fn become_for_in(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.kind = ScopeKind::ForIn;
            if let Some(scope) = self.scopes.get_mut(open.id as usize) {
                scope.kind = ScopeKind::ForIn;
            }
        }
    }

    /// Kind of the innermost scope.
    pub fn current_kind(&self) -> ScopeKind {
        self.open.last().map_or(ScopeKind::Script, |open| open.kind)
    }

    /// Closes the innermost scope; its id if it exists.
    pub fn close(&mut self) -> Option<ScopeId> {
        self.settle_candidates();
        let open = self.open.pop()?;
        if open.id == NONE {
            return None;
        }
        self.events.push(event::EXIT | open.id);
        Some(ScopeId::new(open.id as usize))
    }

    /// What `name` is in open scope `at`: `None`, or a binding, or `NONE` for a `var` passing through.
    #[inline]
    fn find(&self, at: usize, name: Name) -> Option<u32> {
        let open = &self.open[at];
        if open.declaration_count > SMALL_SCOPE {
            return self.large.get(&(open.enter, name)).copied();
        }
        let mut next = open.first_declaration;
        while let Some(declaration) = self.declarations.get(next as usize) {
            if declaration.name == name {
                return Some(declaration.binding);
            }
            next = declaration.next;
        }
        None
    }

    fn insert(&mut self, at: usize, name: Name, binding: u32) {
        let open = &mut self.open[at];
        let index = self.declarations.len() as u32;
        self.declarations.push(Declaration {
            name,
            next: open.first_declaration,
            binding,
        });
        open.first_declaration = index;
        open.declaration_count += 1;
        if open.declaration_count > SMALL_SCOPE + 1 {
            self.large.insert((open.enter, name), binding);
        } else if open.declaration_count == SMALL_SCOPE + 1 {
            let mut next = index;
            while let Some(declaration) = self.declarations.get(next as usize) {
                self.large
                    .insert((open.enter, declaration.name), declaration.binding);
                next = declaration.next;
            }
        }
    }

    fn add(&mut self, at: usize, name: Name, kind: BindingKind) -> u32 {
        let scope = self.ensure_id(at);
        let binding = self.bindings.len() as u32;
        self.bindings.push(RawBinding {
            name,
            kind,
            scope,
            init_at: NONE,
            initialized_at: NONE,
            annex_b: false,
            plain_function: false,
            overwritten: false,
        });
        self.insert(at, name, binding);
        binding
    }

    /// Declares a lexical name (also parameters of `catch`, class and function own names) in the innermost scope.
    pub fn declare_lexical(
        &mut self,
        name: Name,
        kind: BindingKind,
        plain_function: bool,
    ) -> Result<u32, Redeclared> {
        let at = self.open.len() - 1;
        if let Some(existing) = self.find(at, name) {
            return match self.bindings.get(existing as usize) {
                Some(binding)
                    if plain_function && binding.plain_function && !self.open[at].strict =>
                {
                    Ok(existing)
                }
                _ => Err(Redeclared),
            };
        }
        let checks_outer = match self.open[at].kind {
            ScopeKind::Block => at > 0 && self.open[at - 1].kind == ScopeKind::Catch,
            ScopeKind::FunctionBody => true,
            _ => false,
        };
        if checks_outer && self.find(at - 1, name).is_some() {
            return Err(Redeclared);
        }
        let binding = self.add(at, name, kind);
        self.bindings[binding as usize].plain_function = plain_function;
        Ok(binding)
    }

    /// Declares a `var` (or, with `function`, a top-level function) in the nearest var scope.
    pub fn declare_var(&mut self, name: Name, function: bool) -> Result<u32, Redeclared> {
        let mut at = self.open.len() - 1;
        let var_scope = self.open[at].var_scope as usize;
        while at != var_scope {
            match self.find(at, name) {
                // Everything further out already knows.
                Some(NONE) => break,
                Some(existing) => {
                    if self.bindings[existing as usize].kind != BindingKind::CatchSimple {
                        return Err(Redeclared);
                    }
                }
                None => self.insert(at, name, NONE),
            }
            at -= 1;
        }
        match self.find(var_scope, name) {
            Some(existing) if existing != NONE => {
                let binding = &mut self.bindings[existing as usize];
                match binding.kind {
                    BindingKind::Var | BindingKind::Function => {
                        if function {
                            binding.kind = BindingKind::Function;
                        }
                        Ok(existing)
                    }
                    BindingKind::Parameter => {
                        binding.overwritten |= function;
                        Ok(existing)
                    }
                    _ => Err(Redeclared),
                }
            }
            _ => {
                let kind = if function {
                    BindingKind::Function
                } else {
                    BindingKind::Var
                };
                Ok(self.add(var_scope, name, kind))
            }
        }
    }

    /// Declares a parameter; true if it was one already.
    pub fn declare_parameter(&mut self, name: Name) -> bool {
        let at = self.open.len() - 1;
        if self.find(at, name).is_some() {
            return true;
        }
        self.add(at, name, BindingKind::Parameter);
        false
    }

    /// Declares an implicit or hidden binding in the innermost scope, once.
    pub fn declare_implicit(&mut self, name: Name, kind: BindingKind) {
        let at = self.open.len() - 1;
        if self.find(at, name).is_none() {
            self.add(at, name, kind);
        }
    }

    /// Declares a private name; getters and setters of one name join.
    pub fn declare_private(&mut self, name: Name, kind: BindingKind) -> Result<(), Redeclared> {
        let at = self.open.len() - 1;
        let Some(existing) = self.find(at, name) else {
            self.add(at, name, kind);
            return Ok(());
        };
        let binding = &mut self.bindings[existing as usize];
        match (binding.kind, kind) {
            (BindingKind::PrivateGetter, BindingKind::PrivateSetter)
            | (BindingKind::PrivateSetter, BindingKind::PrivateGetter) => {
                binding.kind = BindingKind::PrivateAccessor;
                Ok(())
            }
            _ => Err(Redeclared),
        }
    }

    /// The kind of the binding of `name` in the innermost scope.
    pub fn find_current(&self, name: Name) -> Option<BindingKind> {
        let at = self.open.len().checked_sub(1)?;
        let binding = self.find(at, name)?;
        self.bindings
            .get(binding as usize)
            .map(|binding| binding.kind)
    }

    /// Number of bindings so far; with [`Self::mark_initialized`] brackets a declaration.
    #[inline]
    pub fn binding_mark(&self) -> u32 {
        self.bindings.len() as u32
    }

    /// The bindings made between two marks are initialized from here on, which is `position` in the source.
    #[inline]
    pub fn mark_initialized(&mut self, from: u32, to: u32, position: u32) {
        let now = self.events.len() as u32;
        for binding in &mut self.bindings[from as usize..to as usize] {
            binding.init_at = now;
            binding.initialized_at = position;
        }
    }

    /// Moves a scope to another function's activation.
    pub fn set_function(&mut self, id: ScopeId, function: FunctionId) {
        self.scopes[id.index()].function = function;
    }

    /// Number of events so far.
    pub fn event_mark(&self) -> usize {
        self.events.len()
    }

    /// Whether anything logged since `mark` refers to `name`.
    pub fn mentions(&self, name: Name, mark: usize) -> bool {
        self.events[mark..].iter().any(|&logged| {
            logged & event::PAYLOAD == name.0
                && matches!(logged & event::KIND, event::READ | event::WRITE)
        })
    }

    /// The bindings made between two marks are never seen uninitialized.
    pub fn mark_always_initialized(&mut self, from: u32, to: u32) {
        for binding in &mut self.bindings[from as usize..to as usize] {
            binding.init_at = 0;
            binding.initialized_at = 0;
        }
    }

    /// Marks a scope as that of a function declaration.
    pub fn set_hoisted(&mut self, id: ScopeId) {
        self.scopes[id.index()].hoisted = true;
    }

    /// The parameters have expressions: those of them not known to be initialized earlier are so here.
    pub fn mark_parameters_initialized(&mut self, position: u32) {
        let now = self.events.len() as u32;
        let Some(open) = self.open.last() else { return };
        let mut next = open.first_declaration;
        while let Some(declaration) = self.declarations.get(next as usize) {
            if let Some(binding) = self.bindings.get_mut(declaration.binding as usize)
                && binding.kind == BindingKind::Parameter
                && binding.init_at == NONE
            {
                binding.init_at = now;
                binding.initialized_at = position;
            }
            next = declaration.next;
        }
    }

    /// Notes a function in a sloppy block that may also be a `var`; the result resolves to that `var` if so.
    pub fn annex_b_candidate(&mut self, name: Name) -> RefId {
        let reference = self.log(event::NOP);
        let origin = self.open.last().map_or(0, |open| open.enter);
        self.candidates.push(Candidate {
            name,
            event: reference.0,
            origin,
        });
        reference
    }

    /// Decides, at the end of the innermost scope, which candidates seen in it stay possible, and makes them `var`s when it
    /// is the var scope.
    pub fn settle_candidates(&mut self) {
        let Some(open) = self.open.last() else { return };
        let first = open.candidates as usize;
        if self.candidates.len() == first {
            return;
        }
        let at = self.open.len() - 1;
        let (enter, kind, is_var_scope) = (open.enter, open.kind, open.var_scope as usize == at);
        let candidates = self.candidates.split_off(first);
        for candidate in candidates {
            let found = if candidate.origin == enter {
                None
            } else {
                self.find(at, candidate.name)
            };
            let found_kind = found
                .and_then(|binding| self.bindings.get(binding as usize))
                .map(|binding| binding.kind);
            let shadowed = match found_kind {
                None | Some(BindingKind::Var | BindingKind::Function) => false,
                Some(BindingKind::CatchSimple) => is_var_scope,
                Some(_) => true,
            };
            let is_parameter = kind == ScopeKind::FunctionBody
                && self
                    .find(at - 1, candidate.name)
                    .is_some_and(|binding| binding != NONE);
            if shadowed || is_parameter {
                continue;
            }
            if !is_var_scope {
                self.candidates.push(candidate);
                continue;
            }
            let binding = match found {
                Some(binding) if binding != NONE => binding,
                _ => {
                    let binding = self.add(at, candidate.name, BindingKind::Var);
                    self.bindings[binding as usize].annex_b = true;
                    binding
                }
            };
            self.events[candidate.event as usize] = event::HOIST | binding;
        }
    }
}
