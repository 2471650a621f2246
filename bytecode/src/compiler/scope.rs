//! Scopes and variables: where each binding lives, and loading and storing it.

use super::{Compiler, Reg};
use crate::code_block::{
    Constant, EvalSite, IcKind, Mutability, NamePlace, REG_CALLEE, REG_NEW_TARGET, REG_THIS,
    ScopeInfo, ScopeName,
};
use crate::js_str::JsStr;
use crate::opcodes::Op;
use sarus_parser::ast::{Ident, RefId};
use sarus_parser::scope::{Binding, BindingKind, ScopeKind};
use sarus_parser::{BindingId, Name, ScopeId, Span};
use std::sync::Arc;

/// Where a binding lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Home {
    /// Its scope has not been entered.
    Unset,
    /// A register of the function that is compiled.
    Reg(Reg),
    /// A slot of its scope's environment.
    Env(u32),
    /// A cell of the module.
    Module(u32),
    /// The global object or the global lexical record.
    Global,
    /// By name (`var`s of sloppy evals).
    Dynamic,
}

/// Where an identifier occurrence finds its variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PlaceKind {
    Reg(Reg),
    Env { depth: u32, slot: u32 },
    Module(u32),
    Global,
    Dynamic,
}

/// An identifier occurrence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub kind: PlaceKind,
    pub binding: Option<BindingId>,
    /// May be uninitialized here.
    pub tdz: bool,
    pub name: Name,
    pub span: Span,
}

/// What [`Compiler::exit_scope`] has to undo.
#[must_use]
pub(super) struct ScopeMark {
    top: Reg,
    env: bool,
    outer: ScopeId,
}

/// How a variable is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Store {
    /// First value of a declaration: no checks.
    Init,
    /// An assignment.
    Assign,
}

impl<'a> Compiler<'_, 'a> {
    /// Whether a binding needs a heap slot. Implicit bindings that arrow functions take over with their closure do not.
    pub(super) fn needs_slot(&self, binding: &Binding) -> bool {
        self.is_captured_unseen(binding)
            || binding.captured
                && match binding.kind {
                    BindingKind::This => self.f.flags.is_derived(),
                    BindingKind::NewTarget
                    | BindingKind::HomeObject
                    | BindingKind::ActiveFunction
                    | BindingKind::Import => false,
                    _ => true,
                }
    }

    /// A binding that needs a slot though no name in an inner function captures it: a parameter that a mapped `arguments`
    /// object aliases, and the name of a private field, which the initializer function uses.
    fn is_captured_unseen(&self, binding: &Binding) -> bool {
        match binding.kind {
            BindingKind::Parameter => self.f.mapped_scope == Some(binding.scope),
            BindingKind::PrivateField => true,
            _ => false,
        }
    }

    /// The slot of a binding: its own number, or one after all others if it is captured unseen.
    fn slot_of(&self, id: BindingId) -> u32 {
        let scopes = &self.parsed.scopes;
        let binding = scopes.binding(id);
        if binding.captured {
            return binding.slot;
        }
        if let Some(&slot) = self.unseen_slots.borrow().get(&id) {
            return slot;
        }
        let mut unseen = self.unseen_slots.borrow_mut();
        let captured = scopes.bindings_of(binding.scope);
        let mut slot = captured
            .filter(|(_, candidate)| candidate.captured)
            .map(|(_, candidate)| candidate.slot + 1)
            .max()
            .unwrap_or(0);
        let mut found = slot;
        for (other, candidate) in scopes.bindings_of(binding.scope) {
            if !candidate.captured && self.is_captured_unseen(candidate) {
                unseen.insert(other, slot);
                if other == id {
                    found = slot;
                }
                slot += 1;
            }
        }
        found
    }

    /// Whether the scope gets an environment at run time.
    pub(super) fn needs_env(&self, scope: ScopeId) -> bool {
        let info = self.parsed.scopes.scope(scope);
        if info.kind == ScopeKind::Script {
            return false;
        }
        self.has_eval_vars(scope)
            || self
                .parsed
                .scopes
                .bindings_of(scope)
                .any(|(_, binding)| self.is_env_binding(info.kind, info.strict, binding))
    }

    fn is_env_binding(&self, kind: ScopeKind, strict: bool, binding: &Binding) -> bool {
        self.needs_slot(binding)
            && match kind {
                ScopeKind::Script => false,
                ScopeKind::Module => !binding.exported,
                ScopeKind::Eval => strict || !binding.kind.is_var_scoped(),
                _ => true,
            }
    }

    /// Whether sloppy direct evals may add variables to the scope.
    fn has_eval_vars(&self, scope: ScopeId) -> bool {
        let info = self.parsed.scopes.scope(scope);
        info.has_sloppy_eval && matches!(info.kind, ScopeKind::Function | ScopeKind::FunctionBody)
    }

    /// Decides where a binding lives, allocating a register if that is its home.
    pub(super) fn settle(&mut self, id: BindingId, kind: ScopeKind, strict: bool) -> Home {
        let parsed = self.parsed;
        let binding = parsed.scopes.binding(id);
        let home = match binding.kind {
            BindingKind::This if !(binding.captured && self.f.flags.is_derived()) => {
                Home::Reg(REG_THIS)
            }
            BindingKind::NewTarget => Home::Reg(REG_NEW_TARGET),
            BindingKind::ActiveFunction | BindingKind::HomeObject => Home::Reg(REG_CALLEE),
            _ if kind == ScopeKind::Script => Home::Global,
            _ if kind == ScopeKind::Eval && !strict && binding.kind.is_var_scoped() => {
                // An indirect eval makes global variables, whatever scopes its caller has.
                match self.program {
                    super::Program::IndirectEval => Home::Global,
                    _ => Home::Dynamic,
                }
            }
            _ if kind == ScopeKind::Module
                && (binding.exported || binding.kind == BindingKind::Import) =>
            {
                self.module_cell(id)
            }
            _ if self.needs_slot(binding) => Home::Env(self.slot_of(id)),
            _ => Home::Reg(self.alloc_local()),
        };
        self.homes[id.index()] = home;
        home
    }

    /// Pushes the environment of a scope. Slots that start differently from the rest are stored one by one.
    pub(super) fn push_env(&mut self, scope: ScopeId) {
        let parsed = self.parsed;
        let info = parsed.scopes.scope(scope);
        let (mut holes, mut undefineds) = (0, 0);
        for (_, binding) in parsed.scopes.bindings_of(scope) {
            if self.is_env_binding(info.kind, info.strict, binding) {
                if Self::starts_as_hole(binding) {
                    holes += 1;
                } else if binding.kind == BindingKind::Var || binding.annex_b {
                    undefineds += 1;
                }
            }
        }
        let init_undefined = undefineds > holes || self.has_eval_vars(scope);
        let constant = self.scope_constant(scope);
        self.emit(Op::PushEnv, &[u32::from(init_undefined), constant]);
        self.f.level += 1;
        self.scope_levels[scope.index()] = self.f.level;
        let value = self.alloc();
        let mut loaded = false;
        for (id, binding) in parsed.scopes.bindings_of(scope) {
            if !self.is_env_binding(info.kind, info.strict, binding) {
                continue;
            }
            let hole = Self::starts_as_hole(binding);
            let undefined =
                !hole && (binding.kind == BindingKind::Var || binding.annex_b) && !init_undefined;
            if (hole && init_undefined) || undefined {
                if !loaded {
                    let op = if hole {
                        Op::LoadHole
                    } else {
                        Op::LoadUndefined
                    };
                    self.emit(op, &[value]);
                    loaded = true;
                }
                self.store_env(value, 0, self.slot_of(id));
            }
        }
        self.f.top = value;
    }

    /// Whether a binding must hold the hole until it is initialized: some check may find it so.
    pub(super) fn starts_as_hole(binding: &Binding) -> bool {
        let can = binding.kind.has_tdz() || binding.kind == BindingKind::Parameter;
        (binding.maybe_uninitialized && can) || binding.kind == BindingKind::This
    }

    /// Shape of a scope's environment as a constant.
    fn scope_constant(&mut self, scope: ScopeId) -> u32 {
        let parsed = self.parsed;
        let info = parsed.scopes.scope(scope);
        let dynamic = info.dynamic_lookup || info.contains_eval;
        let mut slot_count = 0;
        let mut names = Vec::new();
        for (id, binding) in parsed.scopes.bindings_of(scope) {
            let place = if self.is_env_binding(info.kind, info.strict, binding) {
                let slot = self.slot_of(id);
                slot_count = slot_count.max(slot + 1);
                NamePlace::Slot(slot)
            } else if let Home::Module(cell) = self.homes[id.index()] {
                NamePlace::ModuleCell(cell)
            } else {
                continue;
            };
            if dynamic {
                names.push(self.scope_name(binding, place));
            }
        }
        let eval_vars_slot = self.has_eval_vars(scope).then_some(slot_count);
        slot_count += u32::from(eval_vars_slot.is_some());
        self.f.asm.scope_constant(Arc::new(ScopeInfo {
            kind: info.kind,
            slot_count,
            names,
            dynamic,
            eval_vars_slot,
            is_var_scope: info.kind.is_var_scope(),
        }))
    }

    /// The constant of a `with` body's scope, whose names are the object's.
    pub(super) fn with_scope_constant(&mut self, scope: ScopeId) -> u32 {
        let kind = self.parsed.scopes.scope(scope).kind;
        self.f.asm.scope_constant(Arc::new(ScopeInfo {
            kind,
            slot_count: 0,
            names: Vec::new(),
            dynamic: true,
            eval_vars_slot: None,
            is_var_scope: false,
        }))
    }

    fn scope_name(&self, binding: &Binding, place: NamePlace) -> ScopeName {
        let mutability = match binding.kind {
            BindingKind::FunctionName => Mutability::FunctionName,
            kind if kind.is_immutable() => Mutability::Const,
            _ => Mutability::Mutable,
        };
        ScopeName {
            name: self.js(binding.name),
            place,
            mutability,
            lexical: binding.kind.is_lexical()
                || binding.kind == BindingKind::CatchPattern
                || (self.f.flags.has_parameter_expressions()
                    && matches!(
                        binding.kind,
                        BindingKind::Parameter | BindingKind::Arguments
                    )),
        }
    }

    /// Enters a scope that is not a function's: environment, registers, holes.
    pub(super) fn enter_scope(&mut self, scope: ScopeId) -> ScopeMark {
        let parsed = self.parsed;
        let info = parsed.scopes.scope(scope);
        let mark = ScopeMark {
            top: self.f.top,
            env: self.needs_env(scope),
            outer: self.f.scope,
        };
        self.f.scope = scope;
        self.forget_outer_scope(scope);
        if mark.env {
            self.push_env(scope);
        }
        for (id, binding) in parsed.scopes.bindings_of(scope) {
            if let Home::Reg(reg) = self.settle(id, info.kind, info.strict) {
                if reg < mark.top {
                    continue;
                }
                if Self::starts_as_hole(binding) {
                    self.emit(Op::LoadHole, &[reg]);
                } else if binding.kind == BindingKind::Var || binding.annex_b {
                    self.emit(Op::LoadUndefined, &[reg]);
                }
            }
        }
        mark
    }

    /// Leaves a scope.
    pub(super) fn exit_scope(&mut self, mark: ScopeMark) {
        self.f.top = mark.top;
        self.f.scope = mark.outer;
        if mark.env {
            self.emit(Op::PopEnv, &[]);
            self.f.level -= 1;
        }
    }

    /// Enters a scope if there is one.
    pub(super) fn enter_optional(&mut self, scope: Option<ScopeId>) -> Option<ScopeMark> {
        scope.map(|scope| self.enter_scope(scope))
    }

    pub(super) fn exit_optional(&mut self, mark: Option<ScopeMark>) {
        if let Some(mark) = mark {
            self.exit_scope(mark);
        }
    }

    // ------------------------------------------------------------ resolution

    /// Where the variable of an identifier occurrence is.
    pub(super) fn place(&self, reference: RefId, name: Name, span: Span) -> Place {
        let resolution = self.parsed.resolve(reference);
        if resolution.binding.is_none() && self.outer.is_some() {
            return self.outer_place(resolution, name, span);
        }
        let free = self.free_place();
        let kind = match resolution.binding {
            _ if resolution.dynamic => PlaceKind::Dynamic,
            None => free,
            Some(id) => self.binding_place(id),
        };
        let tdz = resolution.needs_tdz_check
            && resolution.binding.is_none_or(|id| {
                let binding = self.parsed.scopes.binding(id);
                binding.maybe_uninitialized || binding.captured || binding.exported
            });
        Place {
            kind,
            binding: resolution.binding,
            tdz,
            name,
            span,
        }
    }

    /// Where names are that nothing in the source binds.
    pub(super) fn free_place(&self) -> PlaceKind {
        if matches!(self.program, super::Program::DirectEval(_)) {
            PlaceKind::Dynamic
        } else {
            PlaceKind::Global
        }
    }

    /// Where a binding is, seen from here.
    pub(super) fn binding_place(&self, id: BindingId) -> PlaceKind {
        if let Some(binding) = self.outer_binding(id) {
            return self.home_place(binding.home, || binding.level);
        }
        self.home_place(self.homes[id.index()], || {
            self.scope_levels[self.parsed.scopes.binding(id).scope.index()]
        })
    }

    /// What kind of binding it is.
    pub(super) fn binding_kind(&self, id: BindingId) -> BindingKind {
        match self.outer_binding(id) {
            Some(binding) => binding.kind,
            None => self.parsed.scopes.binding(id).kind,
        }
    }

    /// Where a home is, seen from here; `level` is that of its scope's environment.
    fn home_place(&self, home: Home, level: impl FnOnce() -> u32) -> PlaceKind {
        match home {
            Home::Reg(reg) => PlaceKind::Reg(reg),
            Home::Env(slot) => {
                let level = level();
                debug_assert!(level <= self.f.level);
                PlaceKind::Env {
                    depth: self.f.level.saturating_sub(level),
                    slot,
                }
            }
            Home::Module(cell) => PlaceKind::Module(cell),
            Home::Global => PlaceKind::Global,
            Home::Dynamic => PlaceKind::Dynamic,
            Home::Unset => {
                debug_assert!(false, "a scope is entered before what stands in it");
                PlaceKind::Dynamic
            }
        }
    }

    pub(super) fn ident_place(&self, ident: &Ident) -> Place {
        self.place(ident.reference, ident.name, ident.span)
    }

    /// The place of an implicit binding or private name, which `with` and eval-made variables cannot shadow.
    pub(super) fn implicit_place(&self, reference: RefId, name: Name, span: Span) -> Place {
        let mut place = self.place(reference, name, span);
        if let Some(id) = place.binding {
            place.kind = self.binding_place(id);
        }
        place
    }

    // ------------------------------------------------------------ loads

    /// The value of a variable: its own register if it has one and `dst` is not given.
    pub(super) fn load_place(&mut self, place: &Place, dst: Option<Reg>, for_typeof: bool) -> Reg {
        self.at(place.span);
        if let PlaceKind::Reg(reg) = place.kind {
            if place.tdz {
                let name = self.name_constant(place.name);
                self.emit(Op::CheckTdz, &[reg, name]);
            }
            return match dst {
                Some(dst) => {
                    self.mov(dst, reg);
                    dst
                }
                None => reg,
            };
        }
        let dst = self.dst(dst);
        match place.kind {
            PlaceKind::Env { depth, slot } => self.load_env(dst, depth, slot, place),
            PlaceKind::Module(cell) => {
                let name = self.name_constant(place.name);
                self.emit(Op::LoadModule, &[dst, cell, name]);
            }
            PlaceKind::Global => {
                if place.binding.is_none() && place.name == Name::UNDEFINED {
                    self.emit(Op::LoadUndefined, &[dst]);
                    return dst;
                }
                let op = if for_typeof {
                    Op::LoadGlobalOrUndefined
                } else {
                    Op::LoadGlobal
                };
                let name = self.name_constant(place.name);
                let slot = self.slot(IcKind::Global);
                self.emit(op, &[dst, slot, name]);
            }
            PlaceKind::Dynamic => {
                let op = if for_typeof {
                    Op::LoadNameOrUndefined
                } else {
                    Op::LoadName
                };
                let name = self.name_constant(place.name);
                self.emit(op, &[dst, name]);
            }
            PlaceKind::Reg(_) => {}
        }
        dst
    }

    fn load_env(&mut self, dst: Reg, depth: u32, slot: u32, place: &Place) {
        if place.tdz {
            let name = self.name_constant(place.name);
            self.emit(Op::LoadEnvChecked, &[dst, depth, slot, name]);
        } else {
            self.load_env_slot(dst, depth, slot);
        }
    }

    pub(super) fn load_env_slot(&mut self, dst: Reg, depth: u32, slot: u32) {
        match depth {
            0 if slot <= 0xFFFF => self.emit(Op::LoadEnv0, &[dst, slot]),
            1 if slot <= 0xFFFF => self.emit(Op::LoadEnv1, &[dst, slot]),
            _ => self.emit(Op::LoadEnv, &[dst, depth, slot]),
        }
    }

    pub(super) fn store_env(&mut self, src: Reg, depth: u32, slot: u32) {
        match depth {
            0 if slot <= 0xFFFF => self.emit(Op::StoreEnv0, &[src, slot]),
            1 if slot <= 0xFFFF => self.emit(Op::StoreEnv1, &[src, slot]),
            _ => self.emit(Op::StoreEnv, &[src, depth, slot]),
        }
    }

    pub(super) fn load_ident(&mut self, ident: &Ident, dst: Option<Reg>) -> Reg {
        let place = self.ident_place(ident);
        self.load_place(&place, dst, false)
    }

    /// The private name value an occurrence of `#x` stands for.
    pub(super) fn load_private_name(&mut self, reference: RefId, name: Name, span: Span) -> Reg {
        let place = self.implicit_place(reference, name, span);
        self.load_place(&place, None, false)
    }

    /// `this`.
    pub(super) fn load_this(&mut self, reference: RefId, span: Span, dst: Option<Reg>) -> Reg {
        let place = self.implicit_place(reference, Name::THIS, span);
        let in_derived_eval = self.in_derived_eval(&place);
        let (kind, checked) = match place.kind {
            // Free: of the program, or of the code around an eval, which the frame carries.
            PlaceKind::Global | PlaceKind::Dynamic if !in_derived_eval => {
                (PlaceKind::Reg(REG_THIS), false)
            }
            PlaceKind::Env { .. } | PlaceKind::Dynamic => (place.kind, true),
            kind => (kind, self.f.flags.is_derived()),
        };
        if let (PlaceKind::Reg(reg), false) = (kind, checked) {
            return match dst {
                Some(dst) => {
                    self.mov(dst, reg);
                    dst
                }
                None => reg,
            };
        }
        let unchecked = Place {
            kind,
            tdz: false,
            ..place
        };
        let reg = self.load_place(&unchecked, dst, false);
        self.at(span);
        self.emit(Op::CheckThis, &[reg]);
        reg
    }

    /// `this` belongs to a derived constructor around the eval that is compiled.
    fn in_derived_eval(&self, place: &Place) -> bool {
        place.binding.is_none()
            && matches!(self.program, super::Program::DirectEval(context) if context.in_derived_constructor)
    }

    /// `new.target`.
    pub(super) fn load_new_target(&mut self, dst: Option<Reg>) -> Reg {
        match dst {
            Some(dst) => {
                self.mov(dst, REG_NEW_TARGET);
                dst
            }
            None => REG_NEW_TARGET,
        }
    }

    /// After `super()` returned `value`: initializes `this`.
    pub(super) fn bind_this(&mut self, reference: RefId, span: Span, value: Reg) {
        let place = self.implicit_place(reference, Name::THIS, span);
        self.at(span);
        match place.kind {
            PlaceKind::Reg(reg) => {
                self.emit(Op::CheckThisUninitialized, &[reg]);
                self.mov(reg, value);
            }
            PlaceKind::Env { depth, slot } => {
                let old = self.alloc();
                self.load_env_slot(old, depth, slot);
                self.emit(Op::CheckThisUninitialized, &[old]);
                self.store_env(value, depth, slot);
                self.f.top = old;
            }
            _ => self.emit(Op::BindThisDynamic, &[value]),
        }
    }

    // ------------------------------------------------------------ stores

    /// For an assignment to a variable that is looked up by name: resolves it before the value is evaluated.
    pub(super) fn resolve_for_store(&mut self, place: &Place) -> Option<Reg> {
        if place.kind != PlaceKind::Dynamic {
            return None;
        }
        let reg = self.alloc();
        let name = self.name_constant(place.name);
        self.at(place.span);
        self.emit(Op::ResolveName, &[reg, name]);
        Some(reg)
    }

    /// Writes a variable. `base` is what `resolve_for_store` gave.
    pub(super) fn store_place(&mut self, place: &Place, src: Reg, how: Store, base: Option<Reg>) {
        self.at(place.span);
        let name = place.name;
        if how == Store::Assign
            && let Some(id) = place.binding
            && place.kind != PlaceKind::Dynamic
            && place.kind != PlaceKind::Global
        {
            let kind = self.binding_kind(id);
            if kind == BindingKind::FunctionName && !self.f.strict {
                return;
            }
            if kind.is_immutable() {
                if place.tdz {
                    let mark = self.f.top;
                    self.load_place(place, None, false);
                    self.f.top = mark;
                    self.at(place.span);
                }
                let name = self.name_constant(name);
                self.emit(Op::ThrowConstAssign, &[name]);
                // Code after it is dead but keeps its shape: the assembler drops it.
                return;
            }
        }
        let checked = how == Store::Assign && place.tdz;
        match place.kind {
            PlaceKind::Reg(reg) => {
                if checked {
                    let name = self.name_constant(name);
                    self.emit(Op::CheckTdz, &[reg, name]);
                }
                self.mov(reg, src);
            }
            PlaceKind::Env { depth, slot } if checked => {
                let name = self.name_constant(name);
                self.emit(Op::StoreEnvChecked, &[src, depth, slot, name]);
            }
            PlaceKind::Env { depth, slot } => self.store_env(src, depth, slot),
            PlaceKind::Module(cell) if checked => {
                let name = self.name_constant(name);
                self.emit(Op::StoreModuleChecked, &[src, cell, name]);
            }
            PlaceKind::Module(cell) => self.emit(Op::StoreModule, &[src, cell]),
            PlaceKind::Global => self.store_global(place, src, how),
            PlaceKind::Dynamic => {
                let mark = self.f.top;
                let base = match base {
                    Some(base) => Some(base),
                    None => self.resolve_for_store(place),
                };
                let strict = u32::from(self.f.strict);
                let name = self.name_constant(name);
                if let Some(base) = base {
                    self.emit(Op::StoreResolved, &[src, base, strict, name]);
                }
                self.f.top = mark;
            }
        }
    }

    fn store_global(&mut self, place: &Place, src: Reg, how: Store) {
        let name = self.name_constant(place.name);
        let slot = self.slot(IcKind::Global);
        let lexical = place
            .binding
            .is_some_and(|id| self.binding_kind(id).is_lexical());
        let op = match how {
            Store::Init if lexical => Op::InitGlobalLexical,
            _ if self.f.strict => Op::StoreGlobal,
            _ => Op::StoreGlobalSloppy,
        };
        self.emit(op, &[src, slot, name]);
    }

    // ------------------------------------------------------------ eval

    /// The constant that tells a direct eval where it stands.
    pub(super) fn eval_site(&mut self) -> u32 {
        let parsed = self.parsed;
        let mut private_names = Vec::new();
        let mut scope = Some(self.f.scope);
        while let Some(id) = scope {
            let info = parsed.scopes.scope(id);
            if info.kind == ScopeKind::ClassBody {
                for (_, binding) in parsed.scopes.bindings_of(id) {
                    if binding.kind.is_private() {
                        private_names.push(parsed.names.text(binding.name).into_owned());
                    }
                }
            }
            scope = info.parent;
        }
        self.outer_private_names(&mut private_names);
        private_names.reverse();
        let mut context = self.f.context;
        context.strict = self.f.strict;
        self.f.asm.constant(Constant::EvalSite(EvalSite {
            context,
            private_names,
        }))
    }

    /// The text of a name with a prefix (`get x`).
    pub(super) fn prefixed(&self, prefix: &str, name: &JsStr) -> JsStr {
        let units: Vec<u16> = prefix.encode_utf16().chain(name.units()).collect();
        JsStr::from_utf16(&units)
    }
}
