//! Classes: definition, and the synthetic functions that initialize fields.

use super::decorator::{AccessorBindings, has_decorated_elements};
use super::literal::method;
use super::pattern::Key;
use super::scope::Store;
use super::{Body, ClassOf, Compiler, Hint, Reg};
use crate::code_block::{CodeKind, IcKind, REG_THIS};
use crate::js_str::JsStr;
use crate::opcodes::Op;
use rustc_hash::FxHashSet;
use sarus_parser::EvalContext;
use sarus_parser::Name;
use sarus_parser::ast::{
    Class, ClassInit, ClassMember, ClassMemberKind, Expr, Function, Ident, PropertyKey,
};
use sarus_parser::scope::BindingKind;

/// Second half of a private accessor pair, a flag of the kind of `DefinePrivateMethod`.
pub(super) const JOINS_ACCESSOR: u32 = 4;

/// A class while its elements are defined.
pub(super) struct Definition {
    pub ctor: Reg,
    pub proto: Reg,
    /// Where methods wait when some element has decorators.
    pub deferred: Option<Reg>,
    /// Private accessors of which one half is there.
    seen: FxHashSet<Name>,
}

impl Definition {
    /// The object an element is defined on.
    pub fn home(&self, member: &ClassMember<'_>) -> Reg {
        if member.is_static {
            self.ctor
        } else {
            self.proto
        }
    }
}

impl<'a> Compiler<'_, 'a> {
    /// ClassDefinitionEvaluation; the result is the register of the constructor, a new temporary (or `dst` if that is one).
    pub(super) fn class(&mut self, class: &'a Class<'a>, dst: Option<Reg>, hint: Hint) -> Reg {
        let dst = dst.filter(|&reg| !self.is_local(reg));
        let ctor = self.dst(dst);
        let mark = self.f.top;
        let decorators = self.decorator_list(class.decorators);
        let strict = std::mem::replace(&mut self.f.strict, true);
        let scope = self.enter_optional(class.scope);
        // The heritage does not see the private names.
        let heritage = match class.heritage {
            Some(heritage) => self.ev(heritage, None),
            None => REG_THIS,
        };
        let body = self.enter_optional(class.body_scope);
        self.private_names(class);
        self.define_class(class, ctor, heritage, hint, decorators);
        self.exit_optional(body);
        self.exit_optional(scope);
        self.f.strict = strict;
        self.set_top(mark);
        ctor
    }

    /// Makes the private names of the class: one per name, accessor pairs included.
    fn private_names(&mut self, class: &'a Class<'a>) {
        let Some(scope) = class.body_scope else {
            return;
        };
        let parsed = self.parsed;
        for (id, binding) in parsed.scopes.bindings_of(scope) {
            if !binding.kind.is_private() {
                continue;
            }
            let mark = self.f.top;
            let place = super::scope::Place {
                kind: self.binding_place(id),
                binding: Some(id),
                tdz: false,
                name: binding.name,
                span: class.span,
            };
            let reg = match place.kind {
                super::scope::PlaceKind::Reg(reg) => reg,
                _ => self.alloc(),
            };
            let name = self.name_constant(binding.name);
            self.emit(Op::NewPrivateName, &[reg, name]);
            self.store_place(&place, reg, Store::Init, None);
            self.f.top = mark;
        }
    }

    fn define_class(
        &mut self,
        class: &'a Class<'a>,
        ctor: Reg,
        heritage: Reg,
        hint: Hint,
        decorators: Option<Reg>,
    ) {
        let proto = self.alloc_local();
        let name = match class.name {
            Some(ident) => self.js(ident.name),
            None => self.hint_text(hint),
        };
        let mark = self.f.top;
        let body = match class.constructor {
            Some(function) => Body::Constructor(function, ClassOf::of(class)),
            None => Body::DefaultConstructor(class),
        };
        let index = self.enqueue(body, name);
        let heritage_span = class.heritage.map_or(class.span, |heritage| heritage.span);
        self.at_point(heritage_span, class.span.start);
        let has_heritage = u32::from(class.heritage.is_some());
        self.emit(
            Op::CreateClass,
            &[ctor, proto, heritage, index, has_heritage],
        );
        self.set_top(mark);
        // The class is a variable's value from here on as far as partial evaluation goes.
        self.mark_local(ctor, true);
        if let (Hint::Reg(key), None) = (hint, class.name) {
            self.emit(Op::SetFunctionName, &[ctor, key, 0]);
        }
        let waiting = self.start_definition(class);
        let mark = self.f.top;
        let mut definition = Definition {
            ctor,
            proto,
            deferred: waiting.filter(|_| has_decorated_elements(class)),
            seen: FxHashSet::default(),
        };
        for member in class.members {
            self.member(member, &mut definition);
            self.set_top(mark);
        }
        if let Some(init) = &class.instance_init {
            let closure = self.init_closure(class, init, proto, false);
            self.emit(Op::SetClassFields, &[ctor, closure]);
            self.set_top(mark);
        }
        // Its home object is the class itself, whatever class decorators put in its place.
        let static_init = class
            .static_init
            .as_ref()
            .map(|init| self.init_closure(class, init, ctor, true));
        if let Some(waiting) = waiting {
            self.apply_decorators(class, decorators, hint, waiting, &definition);
        }
        self.inner_name(class, ctor);
        if let Some(waiting) = waiting {
            self.run_static_extra(waiting, ctor);
        }
        if let Some(closure) = static_init {
            let base = self.f.top;
            self.set_top(base + 9);
            self.mov(base, closure);
            self.mov(base + 8, ctor);
            self.at(class.span);
            let slot = self.slot(IcKind::Call);
            self.emit(Op::CallMethod, &[base, base, slot, 0]);
        }
        self.set_top(mark);
        if let Some(waiting) = waiting {
            self.run_class_extra(waiting, ctor);
        }
        self.mark_local(ctor, false);
    }

    fn init_closure(
        &mut self,
        class: &'a Class<'a>,
        init: &'a ClassInit,
        home: Reg,
        is_static: bool,
    ) -> Reg {
        let name = if is_static {
            "<static_initializer>"
        } else {
            "<instance_members_initializer>"
        };
        let body = Body::ClassInit {
            class,
            init,
            is_static,
        };
        let index = self.enqueue(body, JsStr::from(name));
        let closure = self.alloc();
        self.emit(Op::CreateMethod, &[closure, home, index]);
        closure
    }

    /// Initializes the inner binding of the class name.
    fn inner_name(&mut self, class: &'a Class<'a>, ctor: Reg) {
        let parsed = self.parsed;
        let Some(scope) = class.scope else { return };
        let found = parsed
            .scopes
            .bindings_of(scope)
            .find(|(_, binding)| binding.kind == BindingKind::ClassName);
        if let Some((id, binding)) = found
            && binding.used
        {
            let place = super::scope::Place {
                kind: self.binding_place(id),
                binding: Some(id),
                tdz: false,
                name: binding.name,
                span: class.span,
            };
            self.store_place(&place, ctor, Store::Init, None);
        }
    }

    fn member(&mut self, member: &'a ClassMember<'a>, definition: &mut Definition) {
        self.at(member.span);
        let home = definition.home(member);
        match &member.kind {
            ClassMemberKind::Method { key, function } => {
                let kind = if function.flags.is_getter() {
                    method::GETTER
                } else if function.flags.is_setter() {
                    method::SETTER
                } else {
                    method::METHOD
                };
                match (definition.deferred, key) {
                    (Some(deferred), _) => {
                        self.deferred_method(member, key, function, kind, home, deferred);
                    }
                    (None, PropertyKey::Private(ident)) => {
                        self.private_method(ident, function, member, kind, definition);
                    }
                    _ => self.method(home, key, function, kind),
                }
            }
            ClassMemberKind::Field {
                key,
                key_binding,
                storage,
                hooks,
                ..
            } => {
                if let Some(storage) = *storage {
                    let bindings = AccessorBindings {
                        key: *key_binding,
                        storage,
                        hooks: *hooks,
                    };
                    self.auto_accessor(member, key, bindings, definition);
                } else if let (Some(hooks), Some(deferred)) = (*hooks, definition.deferred) {
                    self.decorated_field(member, key, *key_binding, hooks, deferred);
                } else if let (PropertyKey::Computed(expr), Some(reference)) = (key, key_binding) {
                    self.field_key(expr, *reference);
                }
            }
            ClassMemberKind::StaticBlock { .. } => {}
        }
    }

    fn private_method(
        &mut self,
        ident: &Ident,
        function: &'a Function<'a>,
        member: &ClassMember<'a>,
        kind: u32,
        definition: &mut Definition,
    ) {
        let home = definition.home(member);
        let closure = self.method_closure(home, Key::Name(ident.name), function, kind);
        let name = self.load_private_name(ident.reference, ident.name, ident.span);
        let mut kind = kind;
        if kind != method::METHOD {
            if definition.seen.contains(&ident.name) {
                kind |= JOINS_ACCESSOR;
            }
            definition.seen.insert(ident.name);
        }
        let op = if member.is_static {
            Op::DefinePrivateMethod
        } else {
            Op::AddPrivateMethod
        };
        self.emit(op, &[definition.ctor, name, closure, kind]);
    }

    /// Evaluates the computed key of a field and keeps it for the initializer.
    fn field_key(&mut self, expr: &'a Expr<'a>, reference: sarus_parser::RefId) {
        let value = self.alloc();
        self.ev(expr, Some(value));
        self.at(expr.span);
        self.emit(Op::ToPropertyKey, &[value, value]);
        let place = self.implicit_place(reference, Name::EMPTY, expr.span);
        self.store_place(&place, value, Store::Init, None);
    }

    // ------------------------------------------------------------ initializers

    /// The function that runs field initializers (and static blocks).
    pub(super) fn class_init(&mut self, class: &'a Class<'a>, is_static: bool) {
        self.f.kind = CodeKind::ClassInit;
        self.f.strict = true;
        self.f.context = EvalContext {
            strict: true,
            in_function: true,
            in_method: true,
            in_derived_constructor: false,
            in_class_field: true,
        };
        let scope = self.f.scope;
        if self.needs_env(scope) {
            self.push_env(scope);
        }
        self.settle_rest_of(scope);
        self.initialize_bindings(scope);
        for member in class.members.iter().filter(|m| m.is_static == is_static) {
            let mark = self.f.top;
            self.at(member.span);
            match &member.kind {
                ClassMemberKind::Method { .. } => {}
                ClassMemberKind::Field {
                    key,
                    key_binding,
                    value,
                    storage,
                    hooks,
                } => {
                    let span = key.span();
                    let hooks = hooks
                        .map(|hooks| self.implicit_place(hooks, Name::EMPTY, span))
                        .map(|place| self.load_place(&place, None, false));
                    self.field(key, *key_binding, *value, *storage, hooks);
                    if let Some(hooks) = hooks {
                        self.at(member.span);
                        self.run_field_extra(hooks);
                    }
                }
                ClassMemberKind::StaticBlock { scope, body } => {
                    self.f.context.in_class_field = false;
                    let inner = self.enter_scope(*scope);
                    self.hoist_functions(body);
                    self.with_disposal(*scope, |c| c.statements(body));
                    self.exit_scope(inner);
                    self.f.context.in_class_field = true;
                }
            }
            self.set_top(mark);
        }
        self.return_undefined();
    }

    fn field(
        &mut self,
        key: &PropertyKey<'a>,
        key_binding: Option<sarus_parser::RefId>,
        value: Option<&'a Expr<'a>>,
        storage: Option<sarus_parser::RefId>,
        hooks: Option<Reg>,
    ) {
        let span = key.span();
        if let PropertyKey::Private(ident) = key {
            let value = self.field_value(value, Hint::Name(ident.name), hooks);
            let reference = storage.unwrap_or(ident.reference);
            let name = self.load_private_name(reference, ident.name, ident.span);
            self.at(span);
            let slot = self.slot(IcKind::Private);
            self.emit(Op::DefinePrivateField, &[REG_THIS, name, value, slot]);
            return;
        }
        let key = match key_binding {
            Some(reference) => {
                let place = self.implicit_place(reference, Name::EMPTY, span);
                Key::Reg(self.load_place(&place, None, false))
            }
            None => self.property_key(key, None),
        };
        let hint = self.key_hint(key);
        let value = self.field_value(value, hint, hooks);
        self.at(span);
        match storage {
            Some(storage) => {
                let name = self.load_private_name(storage, Name::EMPTY, span);
                let slot = self.slot(IcKind::Private);
                self.emit(Op::DefinePrivateField, &[REG_THIS, name, value, slot]);
            }
            None => self.define(REG_THIS, key, value),
        }
    }

    fn field_value(&mut self, value: Option<&'a Expr<'a>>, hint: Hint, hooks: Option<Reg>) -> Reg {
        let value = match value {
            Some(value) => self.ev_named(value, None, hint),
            None => {
                let reg = self.alloc();
                self.emit(Op::LoadUndefined, &[reg]);
                reg
            }
        };
        match hooks {
            Some(hooks) => self.initialized(value, hooks),
            None => value,
        }
    }
}
