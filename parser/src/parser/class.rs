//! Classes.

use super::{Parser, Res};
use crate::Feature;
use crate::ast::{
    Class, ClassInit, ClassMember, ClassMemberKind, Decorator, Expr, ExprKind, Function,
    FunctionFlags, Ident, PropertyKey,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::Tok;
use crate::names::Name;
use crate::scope::{BindingKind, FunctionId, ScopeBuilder, ScopeId, ScopeKind};
use crate::span::Span;
use rustc_hash::FxHashMap;

/// One of the two synthetic functions of a class while its parts are met.
#[derive(Clone, Copy, Default)]
struct InitState {
    id: Option<FunctionId>,
    scope: Option<ScopeId>,
    flags: FunctionFlags,
}

impl InitState {
    fn finish(self) -> Option<ClassInit> {
        Some(ClassInit {
            id: self.id?,
            scope: self.scope?,
            flags: self.flags,
        })
    }
}

/// What is collected over the members of a class.
struct Body<'a> {
    is_derived: bool,
    constructor: Option<&'a Function<'a>>,
    /// Instance and static.
    inits: [InitState; 2],
    /// Private accessors met, and whether they are static.
    accessors: FxHashMap<Name, bool>,
    /// Hidden bindings so far, to number them.
    hidden: u32,
    /// The class's own name.
    name: Option<Name>,
    /// Heritage or a computed key mentions the name, perhaps before it is initialized. (What runs in methods and initializers
    /// comes after.)
    seen_early: bool,
}

impl Body<'_> {
    /// Looks at what was logged since `mark`.
    fn note_early(&mut self, scopes: &ScopeBuilder, mark: usize) {
        if let Some(name) = self.name
            && !self.seen_early
        {
            self.seen_early = scopes.mentions(name, mark);
        }
    }
}

/// What stands in front of a member's key.
#[derive(Clone, Copy)]
struct Modifiers<'a> {
    /// Start of the method as `toString` gives it.
    start: u32,
    decorators: &'a [Decorator<'a>],
    is_accessor: bool,
    is_static: bool,
    is_async: bool,
    is_generator: bool,
    getter: bool,
    setter: bool,
}

impl<'a> Parser<'a, '_> {
    /// A class expression, at `class`; it starts at `start`, which may be that of its decorators.
    #[inline(never)]
    pub(super) fn class_expression(
        &mut self,
        start: u32,
        decorators: &'a [Decorator<'a>],
    ) -> Res<&'a Expr<'a>> {
        self.advance();
        let outer = std::mem::replace(&mut self.context.strict, true);
        let name = if self.token.kind != Tok::LBrace && self.token.kind != Tok::Extends {
            Some(self.binding_identifier()?)
        } else {
            None
        };
        self.context.strict = outer;
        let class = self.class_rest(start, name, decorators)?;
        Ok(self.node(class.span, ExprKind::Class(class)))
    }

    /// A class after its name.
    #[inline(never)]
    pub(super) fn class_rest(
        &mut self,
        start: u32,
        name: Option<(Name, Span)>,
        decorators: &'a [Decorator<'a>],
    ) -> Res<&'a Class<'a>> {
        self.nested(|parser| parser.class_inner(start, name, decorators))
    }

    #[inline(never)]
    fn class_inner(
        &mut self,
        start: u32,
        name: Option<(Name, Span)>,
        decorators: &'a [Decorator<'a>],
    ) -> Res<&'a Class<'a>> {
        let outer = self.context;
        self.context.strict = true;
        self.function
            .flags
            .insert(FunctionFlags::HAS_INNER_FUNCTIONS);
        let owner = self.function.id;
        let mut scope = None;
        let mut ident = None;
        let mark = self.scopes.binding_mark();
        let events = self.scopes.event_mark();
        if let Some((name, span)) = name {
            scope = Some(self.scopes.open_real(ScopeKind::Class, owner, true));
            ident = Some(self.declare_lexical(name, span, BindingKind::ClassName, false)?);
        }
        let name_end = self.scopes.binding_mark();
        let heritage = if self.eat(Tok::Extends) {
            self.arrow_at = super::NOWHERE;
            let primary = self.primary()?;
            let expr = self.suffixes(primary, true)?;
            if self.cover_error.is_some() {
                return self.fail_cover();
            }
            Some(expr)
        } else {
            None
        };
        self.class_depth += 1;
        let first_use = self.private_uses.len();
        self.scopes.open(ScopeKind::ClassBody, owner, true);
        let body_start = self.token.start;
        self.expect(Tok::LBrace)?;
        let mut body = Body {
            is_derived: heritage.is_some(),
            constructor: None,
            inits: [InitState::default(); 2],
            accessors: FxHashMap::default(),
            hidden: 0,
            name: name.map(|(name, _)| name),
            // Decorators can call anything before the name is initialized.
            seen_early: !decorators.is_empty(),
        };
        body.note_early(&self.scopes, events);
        let base = self.members.len();
        while self.token.kind != Tok::RBrace {
            if self.eat(Tok::Semicolon) {
                continue;
            }
            self.class_member(&mut body)?;
        }
        self.settle_private_uses(first_use)?;
        self.advance();
        if !body.seen_early {
            self.scopes.mark_always_initialized(mark, name_end);
        }
        let members = self.slice(&self.members[base..]);
        self.members.truncate(base);
        let body_scope = self.scopes.close();
        if scope.is_some() {
            self.scopes.close();
        }
        self.context = outer;
        let [instance_init, static_init] = body.inits.map(InitState::finish);
        Ok(self.alloc(Class {
            span: self.span_from(start),
            name: ident,
            scope,
            body_scope,
            decorators,
            heritage,
            constructor: body.constructor,
            members,
            instance_init,
            static_init,
            body_span: self.span_from(body_start),
        }))
    }

    /// At the end of a class body: private names used in it are declared in it, or are left to the classes around.
    fn settle_private_uses(&mut self, first: usize) -> Res<()> {
        let mut kept = first;
        for index in first..self.private_uses.len() {
            let name = self.private_uses[index].name;
            if self.scopes.find_current(name).is_none() {
                self.private_uses.swap(kept, index);
                kept += 1;
            }
        }
        self.private_uses.truncate(kept);
        self.class_depth -= 1;
        if self.class_depth == 0 {
            self.check_private_uses(first)?;
        }
        Ok(())
    }

    #[inline(never)]
    fn class_member(&mut self, body: &mut Body<'a>) -> Res<()> {
        let member_start = self.token.start;
        let decorators = if self.token.kind == Tok::At {
            body.seen_early = true;
            self.decorators()?
        } else {
            &[]
        };
        let mut modifiers = Modifiers {
            start: self.token.start,
            decorators,
            is_accessor: false,
            is_static: false,
            is_async: false,
            is_generator: false,
            getter: false,
            setter: false,
        };
        let mut key = None;
        if self.token.kind == Tok::Static && !self.token.escaped {
            let token = self.token;
            self.advance();
            if self.token.kind == Tok::LBrace {
                self.refuse_decorators(decorators, K::DecoratedStaticBlock)?;
                return self.static_block(member_start, body);
            }
            if self.ends_key() {
                key = Some(word_key(token.name, token.start, token.end));
            } else {
                modifiers.is_static = true;
                modifiers.start = self.token.start;
            }
        }
        if key.is_none() {
            key = self.member_modifiers(&mut modifiers)?;
        }
        let key = match key {
            Some(key) => key,
            None => {
                if self.token.kind == Tok::PrivateName {
                    self.declare_private(&modifiers, body)?
                } else {
                    let events = self.scopes.event_mark();
                    let key = self.property_key()?;
                    body.note_early(&self.scopes, events);
                    key
                }
            }
        };
        let is_method = self.token.kind == Tok::LParen
            || modifiers.is_async
            || modifiers.is_generator
            || modifiers.getter
            || modifiers.setter;
        if is_method {
            if modifiers.is_accessor {
                return self.unexpected();
            }
            return self.class_method(member_start, key, modifiers, body);
        }
        self.field(member_start, key, &modifiers, body)
    }

    /// After a word that could be a modifier: it is the key itself.
    fn ends_key(&self) -> bool {
        matches!(
            self.token.kind,
            Tok::LParen | Tok::Assign | Tok::Semicolon | Tok::RBrace
        )
    }

    /// `async`, `get`, `set`, `accessor`, `*`; or the key, when what looked like a modifier is one.
    fn member_modifiers(&mut self, modifiers: &mut Modifiers<'a>) -> Res<Option<PropertyKey<'a>>> {
        let token = self.token;
        if token.kind == Tok::Ident
            && !token.escaped
            && matches!(
                token.name,
                Name::ASYNC | Name::GET | Name::SET | Name::ACCESSOR
            )
        {
            self.advance();
            let next = self.token;
            let starts_key = next.kind.is_identifier_name()
                || matches!(
                    next.kind,
                    Tok::String | Tok::Number | Tok::BigInt | Tok::LBracket | Tok::PrivateName
                );
            let is_modifier = match token.name {
                Name::ASYNC => (starts_key || next.kind == Tok::Star) && !next.newline_before,
                Name::ACCESSOR => starts_key && !next.newline_before,
                _ => starts_key,
            };
            if !is_modifier {
                return Ok(Some(word_key(token.name, token.start, token.end)));
            }
            match token.name {
                Name::ASYNC => modifiers.is_async = true,
                Name::GET => modifiers.getter = true,
                Name::ACCESSOR => {
                    let span = Span::new(token.start, token.end);
                    self.require(Feature::Decorators, span)?;
                    modifiers.is_accessor = true;
                }
                _ => modifiers.setter = true,
            }
        }
        if self.token.kind == Tok::Star && !modifiers.getter && !modifiers.setter {
            modifiers.is_generator = true;
            self.advance();
        }
        Ok(None)
    }

    /// The key of a private member, at its name.
    fn declare_private(
        &mut self,
        modifiers: &Modifiers<'a>,
        body: &mut Body<'a>,
    ) -> Res<PropertyKey<'a>> {
        let (name, span) = (self.token.name, self.token_span());
        self.advance();
        if name == Name::PRIVATE_CONSTRUCTOR {
            let kind = if self.token.kind == Tok::LParen {
                K::PrivateConstructorMethod
            } else {
                K::PrivateConstructor
            };
            return self.fail(kind, span);
        }
        let kind = if modifiers.is_accessor {
            BindingKind::PrivateAccessor
        } else if modifiers.getter {
            BindingKind::PrivateGetter
        } else if modifiers.setter {
            BindingKind::PrivateSetter
        } else if self.token.kind == Tok::LParen {
            BindingKind::PrivateMethod
        } else {
            BindingKind::PrivateField
        };
        let mismatched = body
            .accessors
            .get(&name)
            .is_some_and(|&is_static| is_static != modifiers.is_static);
        if mismatched || self.scopes.declare_private(name, kind).is_err() {
            return self.fail_name(K::Redeclaration, span, name);
        }
        if modifiers.getter || modifiers.setter {
            body.accessors.insert(name, modifiers.is_static);
        }
        Ok(PropertyKey::Private(Ident {
            span,
            name,
            reference: self.scopes.binding_occurrence(name),
        }))
    }

    #[inline(never)]
    fn class_method(
        &mut self,
        member_start: u32,
        key: PropertyKey<'a>,
        modifiers: Modifiers<'a>,
        body: &mut Body<'a>,
    ) -> Res<()> {
        let mut flags = super::function::kind_flags(modifiers.is_async, modifiers.is_generator);
        if modifiers.getter {
            flags.insert(FunctionFlags::GETTER);
        }
        if modifiers.setter {
            flags.insert(FunctionFlags::SETTER);
        }
        let is_named =
            |wanted: Name| matches!(key, PropertyKey::Name { name, .. } if name == wanted);
        if modifiers.is_static {
            flags.insert(FunctionFlags::STATIC);
            if is_named(Name::PROTOTYPE) {
                return self.fail(K::StaticPrototype, key.span());
            }
        } else if is_named(Name::CONSTRUCTOR) {
            return self.constructor(key, modifiers, body);
        }
        flags.insert(FunctionFlags::METHOD);
        let function = self.method(modifiers.start, flags)?;
        self.members.push(ClassMember {
            span: self.span_from(member_start),
            decorators: modifiers.decorators,
            is_static: modifiers.is_static,
            kind: ClassMemberKind::Method { key, function },
        });
        Ok(())
    }

    #[inline(never)]
    fn constructor(
        &mut self,
        key: PropertyKey<'a>,
        modifiers: Modifiers<'a>,
        body: &mut Body<'a>,
    ) -> Res<()> {
        let span = key.span();
        self.refuse_decorators(modifiers.decorators, K::DecoratedConstructor)?;
        if modifiers.getter || modifiers.setter {
            return self.fail(K::ConstructorAccessor, span);
        }
        if modifiers.is_generator {
            return self.fail(K::ConstructorGenerator, span);
        }
        if modifiers.is_async {
            return self.fail(K::ConstructorAsync, span);
        }
        if body.constructor.is_some() {
            return self.fail(K::DuplicateConstructor, span);
        }
        let mut flags = FunctionFlags::CLASS_CONSTRUCTOR;
        if body.is_derived {
            flags.insert(FunctionFlags::DERIVED);
        }
        body.constructor = Some(self.method(modifiers.start, flags)?);
        Ok(())
    }

    #[inline(never)]
    fn field(
        &mut self,
        member_start: u32,
        key: PropertyKey<'a>,
        modifiers: &Modifiers<'a>,
        body: &mut Body<'a>,
    ) -> Res<()> {
        let is_static = modifiers.is_static;
        if let PropertyKey::Name { name, span, .. } = key {
            if name == Name::CONSTRUCTOR {
                return self.fail(K::ConstructorField, span);
            }
            if is_static && name == Name::PROTOTYPE {
                return self.fail(K::StaticPrototype, span);
            }
        }
        let computed = matches!(key, PropertyKey::Computed(_));
        let kept_key = computed.then(|| self.hidden_binding("key", body));
        let storage = modifiers
            .is_accessor
            .then(|| self.hidden_binding("storage", body));
        let hooks = (!modifiers.decorators.is_empty()).then(|| self.hidden_binding("hooks", body));
        let side = usize::from(is_static);
        let outer = self.enter_init(&mut body.inits[side], is_static);
        let key_binding = kept_key.map(|name| self.scopes.read(name));
        let storage = storage.map(|name| self.scopes.read(name));
        let hooks = hooks.map(|name| self.scopes.read(name));
        let value = if self.eat(Tok::Assign) {
            let value = self.assignment()?;
            Some(value)
        } else {
            None
        };
        self.leave_init(&mut body.inits[side], outer);
        self.semicolon()?;
        self.members.push(ClassMember {
            span: self.span_from(member_start),
            decorators: modifiers.decorators,
            is_static,
            kind: ClassMemberKind::Field {
                key,
                key_binding,
                value,
                storage,
                hooks,
            },
        });
        Ok(())
    }

    /// Declares a binding that no program can name.
    fn hidden_binding(&mut self, what: &str, body: &mut Body<'a>) -> Name {
        let text = format!("%{what}{}", body.hidden);
        body.hidden += 1;
        let name = self.lexer.intern_text(text.as_bytes());
        self.scopes.declare_implicit(name, BindingKind::FieldKey);
        name
    }

    /// `static { … }`, at the brace.
    #[inline(never)]
    fn static_block(&mut self, member_start: u32, body: &mut Body<'a>) -> Res<()> {
        let outer = self.enter_init(&mut body.inits[1], true);
        self.context.no_await_name = true;
        self.advance();
        let scope = self
            .scopes
            .open_real(ScopeKind::StaticBlock, self.function.id, true);
        let base = self.statements.len();
        while self.token.kind != Tok::RBrace {
            if self.token.kind == Tok::End {
                return self.unexpected();
            }
            let statement = self.statement_list_item()?;
            self.statements.push(statement);
        }
        let statements = self.take_statements(base);
        self.scopes.close();
        self.leave_init(&mut body.inits[1], outer);
        self.advance();
        self.members.push(ClassMember {
            span: self.span_from(member_start),
            decorators: &[],
            is_static: true,
            kind: ClassMemberKind::StaticBlock {
                scope,
                body: statements,
            },
        });
        Ok(())
    }

    /// Enters (again) the synthetic function of one side of a class.
    fn enter_init(&mut self, state: &mut InitState, is_static: bool) -> super::function::Outer {
        let count = self.function_count;
        let mut flags = FunctionFlags::CLASS_INIT;
        if is_static {
            flags.insert(FunctionFlags::STATIC);
        }
        let outer = self.enter_function(flags);
        let context = &mut self.context;
        context.yields = false;
        context.awaits = false;
        context.no_await_name = false;
        context.no_arguments = true;
        context.returns = false;
        context.new_target = true;
        context.super_property = true;
        context.super_call = false;
        match (state.id, state.scope) {
            (Some(id), Some(scope)) => {
                self.function_count = count;
                self.function.id = id;
                self.scopes.reenter(scope, id);
            }
            _ => {
                let id = self.function.id;
                state.id = Some(id);
                state.scope = Some(self.scopes.open_real(ScopeKind::ClassInit, id, true));
            }
        }
        outer
    }

    fn leave_init(&mut self, state: &mut InitState, outer: super::function::Outer) {
        // Implicit bindings declared by an earlier part are there already.
        let seen = state.flags;
        let used = self.function.flags;
        self.function.flags = used.without(seen.and(super::function::IMPLICIT));
        let (flags, _) = self.leave_function(outer);
        state.flags = seen.with(used).with(flags);
    }
}

fn word_key<'a>(name: Name, start: u32, end: u32) -> PropertyKey<'a> {
    PropertyKey::Name {
        name,
        span: Span::new(start, end),
        quoted: false,
    }
}
