//! Decorators and auto-accessors of classes: <https://tc39.es/proposal-decorators/>.
//!
//! Decorators are evaluated where they stand and applied when all elements are known. Until then the elements wait in a
//! *definition* (see [`DecorateWhat`]); as soon as one element has decorators all methods of the class do, so that they
//! are defined in the order of the source. What decorators add to a field is kept in *hooks*, which the initializer
//! function finds in a hidden binding of the class scope.

use super::class::Definition;
use super::literal::method;
use super::pattern::Key;
use super::scope::Store;
use super::{Compiler, Hint, Reg};
use crate::code_block::{IcKind, REG_THIS};
use crate::opcodes::{DecorateWhat, Op, element};
use sarus_parser::ast::{Class, ClassMember, Decorator, Function, PropertyKey};
use sarus_parser::{Name, RefId, Span};

/// Registers of `AddElement`.
mod at {
    pub const KEY: u32 = 1;
    pub const DECORATORS: u32 = 2;
    pub const VALUE: u32 = 3;
    pub const SETTER: u32 = 4;
    pub const HOOKS: u32 = 5;
    pub const COUNT: u32 = 6;
}

/// Number of the static methods' initializers in a definition.
const STATIC_METHODS: u32 = 0;
/// Number of the class's own initializers in a definition.
const CLASS: u32 = 1;
/// Number of the added initializers in hooks.
const ADDED: u32 = 1;

/// Whether any element of the class has decorators.
pub(super) fn has_decorated_elements(class: &Class<'_>) -> bool {
    class
        .members
        .iter()
        .any(|member| !member.decorators.is_empty())
}

impl<'a> Compiler<'_, 'a> {
    fn decorate(&mut self, what: DecorateWhat, base: Reg, flags: u32) {
        self.emit(Op::Decorate, &[what as u32, base, flags]);
    }

    /// Evaluates decorators: an array of functions, each followed by its `this`.
    pub(super) fn decorator_list(&mut self, list: &'a [Decorator<'a>]) -> Option<Reg> {
        if list.is_empty() {
            return None;
        }
        let array = self.alloc();
        let slot = self.slot(IcKind::Array);
        let capacity = 2 * list.len() as u32;
        self.emit(Op::NewArray, &[array, slot, capacity]);
        for decorator in list {
            let mark = self.f.top;
            let window = mark;
            self.set_top(window + super::chain::ARGUMENTS);
            self.callee_and_this(decorator.expr, window);
            self.emit(Op::ArrayPush, &[array, window]);
            self.emit(Op::ArrayPush, &[array, window + super::chain::THIS]);
            self.set_top(mark);
        }
        Some(array)
    }

    /// A new array of two empty arrays.
    fn pair_of_lists(&mut self, dst: Reg) {
        let mark = self.f.top;
        let base = mark;
        self.set_top(base + 2);
        for list in [base, base + 1] {
            let slot = self.slot(IcKind::Array);
            self.emit(Op::NewArray, &[list, slot, 0]);
        }
        let slot = self.slot(IcKind::Array);
        self.emit(Op::NewArrayWith, &[dst, base, slot, 2]);
        self.set_top(mark);
    }

    /// Starts the definition of a class that has decorators.
    pub(super) fn start_definition(&mut self, class: &Class<'a>) -> Option<Reg> {
        if class.decorators.is_empty() && !has_decorated_elements(class) {
            return None;
        }
        let definition = self.alloc_local();
        self.pair_of_lists(definition);
        Some(definition)
    }

    /// The registers of an element that joins the definition: decorators evaluated, the rest undefined.
    fn start_element(&mut self, member: &'a ClassMember<'a>, definition: Reg) -> Reg {
        let base = self.f.top;
        self.set_top(base + at::COUNT);
        self.mov(base, definition);
        self.emit(Op::LoadUndefinedRange, &[at::COUNT - 1, base + 1]);
        let mark = self.f.top;
        if let Some(list) = self.decorator_list(member.decorators) {
            self.mov(base + at::DECORATORS, list);
        }
        self.set_top(mark);
        base
    }

    fn finish_element(
        &mut self,
        base: Reg,
        kind: u32,
        member: &ClassMember<'a>,
        key: &PropertyKey<'a>,
    ) {
        let mut flags = kind;
        if member.is_static {
            flags |= element::STATIC;
        }
        if matches!(key, PropertyKey::Private(_)) {
            flags |= element::PRIVATE;
        }
        self.at(member.span);
        self.decorate(DecorateWhat::AddElement, base, flags);
    }

    /// Puts an element's key into `dst`, evaluating it if it is computed.
    fn element_key(&mut self, key: &PropertyKey<'a>, dst: Reg) {
        let mark = self.f.top;
        match key {
            PropertyKey::Private(ident) => {
                let name = self.load_private_name(ident.reference, ident.name, ident.span);
                self.mov(dst, name);
            }
            _ => match self.property_key(key, None) {
                Key::Reg(reg) => self.mov(dst, reg),
                Key::Name(name) => self.load_name(dst, name),
            },
        }
        self.set_top(mark);
    }

    /// A method, getter or setter of a class some of whose elements have decorators.
    pub(super) fn deferred_method(
        &mut self,
        member: &'a ClassMember<'a>,
        key: &PropertyKey<'a>,
        function: &'a Function<'a>,
        kind: u32,
        home: Reg,
        definition: Reg,
    ) {
        let base = self.start_element(member, definition);
        self.element_key(key, base + at::KEY);
        let name = match key {
            PropertyKey::Private(ident) => Key::Name(ident.name),
            PropertyKey::Name { name, .. } => Key::Name(*name),
            _ => Key::Reg(base + at::KEY),
        };
        self.at(member.span);
        let closure = self.method_closure(home, name, function, kind);
        self.mov(base + at::VALUE, closure);
        self.finish_element(base, kind, member, key);
    }

    /// A field with decorators.
    pub(super) fn decorated_field(
        &mut self,
        member: &'a ClassMember<'a>,
        key: &PropertyKey<'a>,
        key_binding: Option<RefId>,
        hooks: RefId,
        definition: Reg,
    ) {
        let base = self.start_element(member, definition);
        self.element_key(key, base + at::KEY);
        self.keep(key_binding, base + at::KEY, key.span());
        self.pair_of_lists(base + at::HOOKS);
        self.keep(Some(hooks), base + at::HOOKS, key.span());
        self.finish_element(base, element::FIELD, member, key);
    }

    /// An auto-accessor, with or without decorators.
    pub(super) fn auto_accessor(
        &mut self,
        member: &'a ClassMember<'a>,
        key: &PropertyKey<'a>,
        bindings: AccessorBindings,
        definition: &Definition,
    ) {
        let deferred = definition.deferred;
        let base = match deferred {
            Some(deferred) => self.start_element(member, deferred),
            None => {
                let base = self.f.top;
                self.set_top(base + at::COUNT);
                base
            }
        };
        self.element_key(key, base + at::KEY);
        self.keep(bindings.key, base + at::KEY, key.span());
        let parts = self.f.top;
        self.set_top(parts + 3);
        self.mov(parts, base + at::KEY);
        self.at(member.span);
        self.decorate(DecorateWhat::AutoAccessor, parts, 0);
        self.keep(Some(bindings.storage), parts, key.span());
        if let Some(hooks) = bindings.hooks {
            self.pair_of_lists(base + at::HOOKS);
            self.keep(Some(hooks), base + at::HOOKS, key.span());
        }
        if deferred.is_some() {
            self.mov(base + at::VALUE, parts + 1);
            self.mov(base + at::SETTER, parts + 2);
            self.finish_element(base, element::ACCESSOR, member, key);
            return;
        }
        let is_private = matches!(key, PropertyKey::Private(_));
        let home = definition.home(member);
        self.at(member.span);
        for (function, kind) in [(parts + 1, method::GETTER), (parts + 2, method::SETTER)] {
            if is_private {
                let joins = if kind == method::SETTER {
                    super::class::JOINS_ACCESSOR
                } else {
                    0
                };
                let op = if member.is_static {
                    Op::DefinePrivateMethod
                } else {
                    Op::AddPrivateMethod
                };
                let operands = [definition.ctor, base + at::KEY, function, kind | joins];
                self.emit(op, &operands);
            } else {
                self.emit(Op::DefineMethod, &[home, base + at::KEY, function, kind]);
            }
        }
    }

    /// Stores a value in a hidden binding of the class.
    fn keep(&mut self, reference: Option<RefId>, value: Reg, span: Span) {
        if let Some(reference) = reference {
            let place = self.implicit_place(reference, Name::EMPTY, span);
            self.store_place(&place, value, Store::Init, None);
        }
    }

    /// Applies all decorators of a class; `definition.ctor` becomes what the class decorators made of it.
    pub(super) fn apply_decorators(
        &mut self,
        class: &Class<'a>,
        decorators: Option<Reg>,
        hint: Hint,
        waiting: Reg,
        definition: &Definition,
    ) {
        let mark = self.f.top;
        let base = mark;
        self.set_top(base + DecorateWhat::Apply.registers());
        self.mov(base, waiting);
        self.mov(base + 1, definition.ctor);
        self.mov(base + 2, definition.proto);
        match decorators {
            Some(list) => self.mov(base + 3, list),
            None => self.emit(Op::LoadUndefined, &[base + 3]),
        }
        match (class.name, hint) {
            (Some(ident), _) => self.load_name(base + 4, ident.name),
            (None, Hint::Name(name)) => self.load_name(base + 4, name),
            (None, Hint::Reg(key)) => self.mov(base + 4, key),
            (None, Hint::None) => self.load_name(base + 4, Name::EMPTY),
        }
        self.at(class
            .decorators
            .first()
            .map_or(class.span, |first| first.span));
        let has_heritage = u32::from(class.heritage.is_some());
        self.decorate(DecorateWhat::Apply, base, has_heritage);
        self.mov(definition.ctor, base);
        self.set_top(mark);
    }

    /// Runs what static method decorators gave to `addInitializer`.
    pub(super) fn run_static_extra(&mut self, waiting: Reg, ctor: Reg) {
        self.run_extra(waiting, ctor, STATIC_METHODS);
    }

    /// Runs what class decorators gave to `addInitializer`.
    pub(super) fn run_class_extra(&mut self, waiting: Reg, ctor: Reg) {
        self.run_extra(waiting, ctor, CLASS);
    }

    fn run_extra(&mut self, lists: Reg, this: Reg, which: u32) {
        let mark = self.f.top;
        let base = mark;
        self.set_top(base + DecorateWhat::RunExtra.registers());
        self.mov(base, lists);
        self.mov(base + 1, this);
        self.decorate(DecorateWhat::RunExtra, base, which);
        self.set_top(mark);
    }

    /// In an initializer function: `value` after the initializers of the hooks.
    pub(super) fn initialized(&mut self, value: Reg, hooks: Reg) -> Reg {
        let base = self.f.top;
        self.set_top(base + DecorateWhat::RunInitializers.registers());
        self.mov(base, value);
        self.mov(base + 1, hooks);
        self.mov(base + 2, REG_THIS);
        self.decorate(DecorateWhat::RunInitializers, base, 0);
        base
    }

    /// In an initializer function, after the field is there.
    pub(super) fn run_field_extra(&mut self, hooks: Reg) {
        self.run_extra(hooks, REG_THIS, ADDED);
    }
}

/// The hidden bindings of an auto-accessor.
#[derive(Clone, Copy)]
pub(super) struct AccessorBindings {
    pub key: Option<RefId>,
    pub storage: RefId,
    pub hooks: Option<RefId>,
}
