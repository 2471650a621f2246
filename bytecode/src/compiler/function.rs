//! Function entry: parameters, `arguments`, environments, hoisting; default constructors; returning.

use super::control::ExitTarget;
use super::scope::{Home, Store};
use super::{Body, ClassOf, Compiler, Hint, Pending, Reg};
use crate::asm::Label;
use crate::code_block::{
    CodeKind, Constant, IcKind, REG_CALLEE, REG_NEW_TARGET, REG_PARAMS, REG_THIS,
};
use crate::opcodes::Op;
use rustc_hash::FxHashMap;
use sarus_parser::ast::{
    Class, ClassMemberKind, ExportDefaultKind, Function, FunctionBody, FunctionFlags, Pattern,
    PatternKind, PropertyKey, Stmt, StmtKind,
};
use sarus_parser::scope::BindingKind;
use sarus_parser::{EvalContext, Name, ScopeId, Span};

/// More parameters than this, and scratch registers have to take the place of the first ones.
const MAX_NEAR_PARAMETERS: u32 = 240;

/// The common way out of a derived constructor: the check of what it returns belongs to its caller, so no handler may cover it.
#[derive(Clone, Copy)]
pub(super) struct DerivedExit {
    label: Label,
    value: Reg,
    /// Environment level at the label.
    level: u32,
}

impl<'a> Compiler<'_, 'a> {
    /// Span, flags and scope of what is about to be compiled.
    pub(super) fn outline(&self, pending: &Pending<'a>) -> (Span, FunctionFlags, ScopeId) {
        let program = self.parsed.program;
        match pending.body {
            Body::Function(function) => (function.span, function.flags, function.scope),
            Body::Constructor(function, class) => (class.span, function.flags, function.scope),
            Body::DefaultConstructor(class) => {
                let mut flags = FunctionFlags::CLASS_CONSTRUCTOR.with(FunctionFlags::STRICT);
                if class.heritage.is_some() {
                    flags.insert(FunctionFlags::DERIVED);
                }
                (class.span, flags, program.scope)
            }
            Body::ClassInit { class, init, .. } => (
                class.span,
                init.flags
                    .with(FunctionFlags::CLASS_INIT)
                    .with(FunctionFlags::STRICT),
                init.scope,
            ),
            Body::Program => (program.span, program.flags, program.scope),
        }
    }

    /// First scratch register for the long form of a function.
    pub(super) fn far_scratch(&self, body: Body<'a>) -> Reg {
        match body {
            Body::Function(function) | Body::Constructor(function, _)
                if function.parameters.len() as u32 <= MAX_NEAR_PARAMETERS =>
            {
                REG_PARAMS + function.parameters.len() as u32
            }
            _ => REG_PARAMS,
        }
    }

    /// Compiles one entry of the queue.
    pub(super) fn function(&mut self, pending: &Pending<'a>, far: bool) {
        match pending.body {
            Body::Function(function) => self.plain_function(function, None, far),
            Body::Constructor(function, class) => self.plain_function(function, Some(class), far),
            Body::DefaultConstructor(class) => self.default_constructor(class),
            Body::ClassInit {
                class, is_static, ..
            } => {
                self.reserve_scratch(far);
                self.class_init(class, is_static);
            }
            Body::Program => {
                self.reserve_scratch(far);
                self.program_body();
            }
        }
    }

    fn reserve_scratch(&mut self, far: bool) {
        if far {
            for _ in 0..3 {
                self.alloc_local();
            }
        }
    }

    fn plain_function(&mut self, function: &'a Function<'a>, class: Option<ClassOf>, far: bool) {
        let flags = function.flags;
        self.f.kind = CodeKind::Function;
        if !flags.is_arrow() {
            self.f.context = EvalContext {
                strict: flags.is_strict(),
                in_function: true,
                in_method: flags.is_method() || flags.is_class_constructor(),
                in_derived_constructor: flags.is_derived(),
                in_class_field: false,
            };
        }
        let parameters = self.parameter_registers(function, far);
        self.at(function.span);
        if flags.is_async() || flags.is_generator() {
            // Before all variables, so that its number fits an operand byte.
            self.f.generator_reg = self.alloc_local();
        }
        // Before the parameters: it belongs to [[Construct]].
        if let Some(class) = class
            && !flags.is_derived()
            && class.instance_elements
        {
            self.at(class.span);
            let slot = self.slot(IcKind::Instance);
            self.emit(Op::InitInstance, &[REG_THIS, REG_CALLEE, slot]);
        }
        if flags.is_async() && !flags.is_generator() {
            let reg = self.f.generator_reg;
            self.emit(Op::AsyncStart, &[reg]);
        }
        if !flags.is_strict() && flags.uses_this() && !flags.is_arrow() {
            self.emit(Op::CoerceThis, &[]);
        }
        if let Some(scope) = function.name_scope {
            self.own_name(scope);
        }
        let arguments = flags.uses_arguments() && !flags.is_arrow();
        if arguments || function.rest.is_some() {
            self.f.actuals_reg = self.alloc_local();
        }
        if arguments
            && !flags.is_strict()
            && flags.has_simple_parameters()
            && self.aliases_parameters(function)
        {
            self.f.mapped_scope = Some(function.scope);
        }
        if self.needs_env(function.scope) {
            self.push_env(function.scope);
        }
        self.settle_parameters(function, &parameters);
        self.settle_rest_of(function.scope);
        if arguments {
            self.arguments_object(function, &parameters);
        }
        self.bind_parameters(function, &parameters);
        self.initialize_bindings(function.scope);
        if let Some(scope) = function.body_scope {
            self.f.scope = scope;
            if self.needs_env(scope) {
                self.push_env(scope);
            }
            self.settle_rest_of(scope);
            self.initialize_bindings(scope);
        }
        if let FunctionBody::Block(body) = function.body {
            self.hoist_functions(body);
        }
        if flags.is_generator() {
            let reg = self.f.generator_reg;
            self.emit(Op::GeneratorStart, &[reg]);
        }
        if flags.is_derived() {
            self.f.derived_exit = Some(DerivedExit {
                label: self.label(),
                value: self.alloc_local(),
                level: self.f.level,
            });
        }
        match function.body {
            FunctionBody::Expr(expr) if self.in_tail_position() => self.return_tail(expr),
            FunctionBody::Expr(expr) => {
                let mark = self.f.top;
                let value = self.ev(expr, None);
                self.emit_return(value);
                self.f.top = mark;
            }
            FunctionBody::Block(body) => {
                let scope = function.body_scope.unwrap_or(function.scope);
                self.with_disposal(scope, |c| c.statements(body));
                self.at(Span::new(
                    function.body_span.end.saturating_sub(1),
                    function.body_span.end,
                ));
                self.return_undefined();
            }
        }
    }

    /// The register of each parameter. When there are too many to leave room for scratch registers, the first
    /// three are moved away.
    fn parameter_registers(&mut self, function: &'a Function<'a>, far: bool) -> Vec<Reg> {
        let count = function.parameters.len() as u32;
        let mut registers: Vec<Reg> = (REG_PARAMS..REG_PARAMS + count).collect();
        for _ in 0..count {
            self.alloc_local();
        }
        if far && count > MAX_NEAR_PARAMETERS {
            for register in registers.iter_mut().take(3) {
                let moved = self.alloc_local();
                self.emit(Op::StoreFar, &[*register, moved]);
                *register = moved;
            }
        } else {
            self.reserve_scratch(far);
        }
        registers
    }

    /// The own name of a function expression: the callee register, or a slot if something captures it.
    fn own_name(&mut self, scope: ScopeId) {
        let parsed = self.parsed;
        if self.needs_env(scope) {
            self.push_env(scope);
        }
        for (id, binding) in parsed.scopes.bindings_of(scope) {
            self.homes[id.index()] = if binding.captured {
                self.store_env(REG_CALLEE, 0, binding.slot);
                Home::Env(binding.slot)
            } else {
                Home::Reg(REG_CALLEE)
            };
        }
    }

    fn settle_parameters(&mut self, function: &'a Function<'a>, registers: &[Reg]) {
        let parsed = self.parsed;
        let info = parsed.scopes.scope(function.scope);
        let is_parameter = |kind| kind == BindingKind::Parameter;
        for (id, binding) in parsed.scopes.bindings_of(function.scope) {
            if is_parameter(binding.kind) {
                self.homes[id.index()] = Home::Unset;
            }
        }
        for (element, &register) in function.parameters.iter().zip(registers) {
            if let PatternKind::Ident(ident) = element.pattern.kind
                && let Some(id) = parsed.resolve(ident.reference).binding
            {
                let binding = parsed.scopes.binding(id);
                if !self.needs_slot(binding) && !binding.maybe_uninitialized {
                    self.homes[id.index()] = Home::Reg(register);
                }
            }
        }
        for (id, binding) in parsed.scopes.bindings_of(function.scope) {
            if is_parameter(binding.kind) && self.homes[id.index()] == Home::Unset {
                let home = self.settle(id, info.kind, info.strict);
                if let Home::Reg(reg) = home
                    && binding.maybe_uninitialized
                {
                    self.emit(Op::LoadHole, &[reg]);
                }
            }
        }
    }

    /// Homes of all bindings of a function-level scope but parameters.
    pub(super) fn settle_rest_of(&mut self, scope: ScopeId) {
        let parsed = self.parsed;
        let info = parsed.scopes.scope(scope);
        for (id, binding) in parsed.scopes.bindings_of(scope) {
            if binding.kind != BindingKind::Parameter {
                self.settle(id, info.kind, info.strict);
            }
        }
    }

    /// First values of a function-level scope's bindings in registers (and of slots that copy a parameter).
    pub(super) fn initialize_bindings(&mut self, scope: ScopeId) {
        let parsed = self.parsed;
        let arguments = if self.f.actuals_reg == crate::code_block::NO_REGISTER
            || !self.f.flags.uses_arguments()
        {
            None
        } else {
            parsed.scopes.find(scope, Name::ARGUMENTS)
        };
        let mut run: Option<(Reg, u32)> = None;
        for (id, binding) in parsed.scopes.bindings_of(scope) {
            let is_var = binding.kind == BindingKind::Var || binding.annex_b;
            if let Some(source) = binding.copies {
                self.copy_binding(id, source);
                continue;
            }
            let Home::Reg(reg) = self.homes[id.index()] else {
                continue;
            };
            if is_var && arguments != Some(id) {
                run = match run {
                    Some((first, count)) if first + count == reg && count < 255 => {
                        Some((first, count + 1))
                    }
                    _ => {
                        self.flush_undefined(run);
                        Some((reg, 1))
                    }
                };
            } else if Self::starts_as_hole(binding)
                && !binding.kind.is_implicit()
                && binding.kind != BindingKind::Parameter
            {
                self.emit(Op::LoadHole, &[reg]);
            }
        }
        self.flush_undefined(run);
    }

    fn flush_undefined(&mut self, run: Option<(Reg, u32)>) {
        match run {
            Some((first, 1)) => self.emit(Op::LoadUndefined, &[first]),
            Some((first, count)) => self.emit(Op::LoadUndefinedRange, &[count, first]),
            None => {}
        }
    }

    fn copy_binding(&mut self, to: sarus_parser::BindingId, from: sarus_parser::BindingId) {
        let mark = self.f.top;
        let name = self.parsed.scopes.binding(to).name;
        let place = |c: &Self, id| super::scope::Place {
            kind: c.binding_place(id),
            binding: Some(id),
            tdz: false,
            name,
            span: Span::default(),
        };
        let source = place(self, from);
        let value = self.load_place(&source, None, false);
        let target = place(self, to);
        self.store_place(&target, value, Store::Init, None);
        self.f.top = mark;
    }

    /// Whether it can be told that elements of the sloppy `arguments` object and parameters are the same variables: not if neither
    /// are ever written to. (Only a getter that all objects inherit under an index could see a difference.)
    fn aliases_parameters(&self, function: &'a Function<'a>) -> bool {
        let flags = function.flags;
        let scopes = &self.parsed.scopes;
        flags.exposes_arguments()
            || function.parameters.iter().any(|element| {
                let PatternKind::Ident(ident) = element.pattern.kind else {
                    return true;
                };
                let Some(id) = self.parsed.resolve(ident.reference).binding else {
                    return true;
                };
                let binding = scopes.binding(id);
                // Who gets the object when the function ends can write to it; inner functions go on reading the parameters.
                binding.assigned || binding.captured && flags.arguments_leave()
            })
    }

    /// Creates the `arguments` object. Parameters a mapped one aliases are in slots by now or have none.
    fn arguments_object(&mut self, function: &'a Function<'a>, registers: &[Reg]) {
        let parsed = self.parsed;
        let Some(id) = parsed.scopes.find(function.scope, Name::ARGUMENTS) else {
            return;
        };
        let actuals = self.f.actuals_reg;
        let mark = self.f.top;
        let place = super::scope::Place {
            kind: self.binding_place(id),
            binding: Some(id),
            tdz: false,
            name: Name::ARGUMENTS,
            span: Span::default(),
        };
        let value = match place.kind {
            super::scope::PlaceKind::Reg(reg) => reg,
            _ => self.alloc(),
        };
        if self.f.strict || !function.flags.has_simple_parameters() {
            self.emit(Op::CreateUnmappedArguments, &[value, actuals]);
        } else {
            let mut mapping: Vec<Option<u32>> = Vec::with_capacity(registers.len());
            let mut mapped: FxHashMap<u32, usize> = FxHashMap::default();
            for (element, &register) in function.parameters.iter().zip(registers) {
                let mut slot = None;
                if self.f.mapped_scope.is_some()
                    && let PatternKind::Ident(ident) = element.pattern.kind
                    && let Some(id) = parsed.resolve(ident.reference).binding
                    && let Home::Env(number) = self.homes[id.index()]
                {
                    self.store_env(register, 0, number);
                    // Of parameters with the same name the last one is the variable.
                    if let Some(earlier) = mapped.insert(number, mapping.len()) {
                        mapping[earlier] = None;
                    }
                    slot = Some(number);
                }
                mapping.push(slot);
            }
            let constant = self.f.asm.constant(Constant::MappedArguments(mapping));
            self.emit(Op::CreateMappedArguments, &[value, actuals, constant]);
        }
        self.store_place(&place, value, Store::Init, None);
        self.f.top = mark;
    }

    fn bind_parameters(&mut self, function: &'a Function<'a>, registers: &[Reg]) {
        if self.f.mapped_scope.is_some() {
            // They went to their slots before the `arguments` object was made.
            return;
        }
        for (element, &register) in function.parameters.iter().zip(registers) {
            let mark = self.f.top;
            if self.is_shadowed_duplicate(&element.pattern, register, registers) {
                continue;
            }
            if let Some(default) = element.default {
                self.default_value(register, default, &element.pattern);
            }
            match element.pattern.kind {
                PatternKind::Ident(ident) => {
                    let place = self.ident_place(&ident);
                    self.store_place(&place, register, Store::Init, None);
                }
                _ => self.destructure(&element.pattern, register, Store::Init),
            }
            self.f.top = mark;
        }
        if let Some(rest) = function.rest {
            let mark = self.f.top;
            let actuals = self.f.actuals_reg;
            let target = self.direct_target(rest, Store::Init);
            let value = self.dst(target);
            let start = function.parameters.len() as u32;
            self.emit(Op::CreateRest, &[value, actuals, start]);
            if target.is_none() {
                self.destructure(rest, value, Store::Init);
            }
            self.f.top = mark;
        }
    }

    /// Of sloppy parameters with the same name only the last one is the variable.
    fn is_shadowed_duplicate(
        &self,
        pattern: &Pattern<'a>,
        register: Reg,
        registers: &[Reg],
    ) -> bool {
        match self.direct_target(pattern, Store::Init) {
            Some(home) => home != register && registers.contains(&home),
            None => false,
        }
    }

    /// Instantiates the function declarations that stand directly in `body`.
    pub(super) fn hoist_functions(&mut self, body: &'a [Stmt<'a>]) {
        for statement in body {
            let mut kind = statement.kind;
            while let StmtKind::Labeled { body, .. } = kind {
                kind = body.kind;
            }
            let (function, ident, name) = match kind {
                StmtKind::Function(declaration) => {
                    let Some(ident) = declaration.function.name else {
                        continue;
                    };
                    (declaration.function, ident, ident.name)
                }
                StmtKind::ExportNamed(export) => match export.declaration.map(|stmt| stmt.kind) {
                    Some(StmtKind::Function(declaration)) => {
                        let Some(ident) = declaration.function.name else {
                            continue;
                        };
                        (declaration.function, ident, ident.name)
                    }
                    _ => continue,
                },
                StmtKind::ExportDefault(export) => match export.kind {
                    ExportDefaultKind::Function(function) => {
                        let name = function.name.map_or(Name::DEFAULT, |ident| ident.name);
                        (function, export.binding, name)
                    }
                    _ => continue,
                },
                _ => continue,
            };
            let mark = self.f.top;
            let place = self.ident_place(&ident);
            let value = match place.kind {
                super::scope::PlaceKind::Reg(reg) => reg,
                _ => self.alloc(),
            };
            self.closure(function, value, Hint::Name(name));
            self.store_hoisted(&place, value);
            self.f.top = mark;
        }
    }

    /// Emits the closure of a function expression or declaration.
    pub(super) fn closure(&mut self, function: &'a Function<'a>, dst: Reg, hint: Hint) {
        let name = match function.name {
            Some(ident) => self.js(ident.name),
            None => self.hint_text(hint),
        };
        let index = self.enqueue(Body::Function(function), name);
        self.emit(Op::CreateClosure, &[dst, index]);
        if let (Hint::Reg(key), None) = (hint, function.name) {
            self.emit(Op::SetFunctionName, &[dst, key, 0]);
        }
    }

    /// A constructor that is not written: `constructor() {}` or `constructor(...args) { super(...args); }` without the
    /// iteration.
    fn default_constructor(&mut self, class: &'a Class<'a>) {
        self.f.kind = CodeKind::Function;
        self.f.strict = true;
        self.at(class.span);
        if class.heritage.is_none() {
            if has_instance_elements(class) {
                let slot = self.slot(IcKind::Instance);
                self.emit(Op::InitInstance, &[REG_THIS, REG_CALLEE, slot]);
            }
            self.emit(Op::ReturnUndefined, &[]);
            return;
        }
        self.f.actuals_reg = self.alloc_local();
        let actuals = self.f.actuals_reg;
        let base = self.alloc();
        self.set_top(base + 10);
        let slot = self.slot(IcKind::Super);
        self.emit(Op::GetSuperConstructor, &[base, REG_CALLEE, slot]);
        self.emit(Op::CreateRest, &[base + 9, actuals, 0]);
        let slot = self.slot(IcKind::Construct);
        self.emit(Op::SuperCallSpread, &[REG_THIS, base, slot, REG_NEW_TARGET]);
        if has_instance_elements(class) {
            let slot = self.slot(IcKind::Instance);
            self.emit(Op::InitInstance, &[REG_THIS, REG_CALLEE, slot]);
        }
        self.emit(Op::Return, &[REG_THIS]);
    }

    // ------------------------------------------------------------ returning

    /// `return value` as the source says it: an async generator awaits first.
    pub(super) fn emit_return(&mut self, value: Reg) {
        let mut value = value;
        if self.f.flags.is_async() && self.f.flags.is_generator() {
            let awaited = self.alloc();
            self.emit(Op::Await, &[awaited, value]);
            value = awaited;
        }
        self.exit(ExitTarget::Return, Some(value));
    }

    /// Falling off the end of a function.
    pub(super) fn return_undefined(&mut self) {
        if !self.f.asm.is_reachable() {
            return;
        }
        let plain =
            !self.f.flags.is_async() && !self.f.flags.is_generator() && !self.f.flags.is_derived();
        if plain {
            self.emit(Op::ReturnUndefined, &[]);
            return;
        }
        let mark = self.f.top;
        let value = self.alloc();
        self.emit(Op::LoadUndefined, &[value]);
        self.leave(value);
        self.f.top = mark;
    }

    /// The instruction that leaves the frame.
    pub(super) fn leave(&mut self, value: Reg) {
        let flags = self.f.flags;
        match (flags.is_generator(), flags.is_async()) {
            (true, true) => self.emit(Op::AsyncGeneratorReturn, &[value]),
            (true, false) => self.emit(Op::GeneratorReturn, &[value]),
            (false, true) => self.emit(Op::AsyncReturn, &[value]),
            _ if flags.is_derived() => self.leave_derived(value),
            _ => self.emit(Op::Return, &[value]),
        }
    }

    fn leave_derived(&mut self, value: Reg) {
        if let Some(exit) = self.f.derived_exit
            && self.f.asm.in_region()
        {
            self.mov(exit.value, value);
            self.pop_envs(exit.level);
            self.jump(exit.label);
            return;
        }
        let mark = self.f.top;
        let this = self.raw_this();
        self.emit(Op::ReturnDerived, &[value, this]);
        self.f.top = mark;
    }

    /// Emits the common way out, if anything goes there.
    pub(super) fn finish_derived_exit(&mut self) {
        if let Some(exit) = self.f.derived_exit {
            self.bind(exit.label);
            self.f.level = exit.level;
            self.set_top(exit.value + 1);
            let this = self.raw_this();
            self.emit(Op::ReturnDerived, &[exit.value, this]);
        }
    }

    /// `this` of a derived constructor, initialized or not.
    fn raw_this(&mut self) -> Reg {
        let id = self.parsed.scopes.find(self.function_scope(), Name::THIS);
        if let Some(id) = id
            && let super::scope::PlaceKind::Env { depth, slot } = self.binding_place(id)
        {
            let reg = self.alloc();
            self.load_env_slot(reg, depth, slot);
            return reg;
        }
        REG_THIS
    }

    fn function_scope(&self) -> ScopeId {
        match self.f.body {
            Body::Function(function) | Body::Constructor(function, _) => function.scope,
            Body::ClassInit { init, .. } => init.scope,
            _ => self.parsed.program.scope,
        }
    }
}

/// Whether constructing the class has to run `InitInstance`.
pub(super) fn has_instance_elements(class: &Class<'_>) -> bool {
    class.members.iter().any(|member| {
        !member.is_static
            && match member.kind {
                // Its decorators may add initializers.
                _ if !member.decorators.is_empty() => true,
                ClassMemberKind::Field { .. } => true,
                ClassMemberKind::Method { key, .. } => matches!(key, PropertyKey::Private(_)),
                ClassMemberKind::StaticBlock { .. } => false,
            }
    })
}
