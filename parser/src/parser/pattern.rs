//! Binding patterns and the declarations they make.

use super::{Parser, Res};
use crate::ast::{
    ArrayPattern, Ident, ObjectPattern, Pattern, PatternElement, PatternKind, PatternProperty,
    PropertyKey, VarKind,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::Tok;
use crate::names::Name;
use crate::scope::BindingKind;
use crate::span::Span;

/// What the names of a binding pattern become.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Binder {
    Declaration(VarKind),
    Parameter,
    CatchSimple,
    CatchPattern,
}

impl<'a> Parser<'a, '_> {
    /// Declares a name.
    pub(super) fn bind(&mut self, name: Name, span: Span, binder: Binder) -> Res<Ident> {
        let kind = match binder {
            Binder::Parameter => {
                let reference = self.scopes.binding_occurrence(name);
                self.parameter_names.push((name, span));
                if self.scopes.declare_parameter(name) && self.function.duplicate.is_none() {
                    self.function.duplicate = Some(span);
                }
                return Ok(Ident {
                    span,
                    name,
                    reference,
                });
            }
            Binder::Declaration(VarKind::Var) => {
                if self.scopes.declare_var(name, false).is_err() {
                    return self.fail_name(K::Redeclaration, span, name);
                }
                if name == Name::ARGUMENTS {
                    self.function
                        .flags
                        .insert(crate::ast::FunctionFlags::USES_ARGUMENTS);
                    self.function.exposed_arguments += 1;
                }
                let reference = self.scopes.read(name);
                self.scopes.make_write(reference);
                return Ok(Ident {
                    span,
                    name,
                    reference,
                });
            }
            Binder::Declaration(VarKind::Let) => BindingKind::Let,
            Binder::Declaration(VarKind::Const) => BindingKind::Const,
            Binder::Declaration(VarKind::Using) => BindingKind::Using,
            Binder::Declaration(VarKind::AwaitUsing) => BindingKind::AwaitUsing,
            Binder::CatchSimple => BindingKind::CatchSimple,
            Binder::CatchPattern => BindingKind::CatchPattern,
        };
        if name == Name::LET && matches!(binder, Binder::Declaration(_)) {
            return self.fail(K::LetInLexicalBinding, span);
        }
        self.declare_lexical(name, span, kind, false)
    }

    /// Declares a lexical name in the innermost scope.
    pub(super) fn declare_lexical(
        &mut self,
        name: Name,
        span: Span,
        kind: BindingKind,
        plain_function: bool,
    ) -> Res<Ident> {
        if self
            .scopes
            .declare_lexical(name, kind, plain_function)
            .is_err()
        {
            return self.fail_name(K::Redeclaration, span, name);
        }
        Ok(Ident {
            span,
            name,
            reference: self.scopes.binding_occurrence(name),
        })
    }

    /// A binding identifier or pattern.
    pub(super) fn binding_pattern(&mut self, binder: Binder) -> Res<Pattern<'a>> {
        match self.token.kind {
            Tok::LBrace => self.nested(|parser| parser.object_binding(binder)),
            Tok::LBracket => self.nested(|parser| parser.array_binding(binder)),
            _ => {
                let (name, span) = self.binding_identifier()?;
                let ident = self.bind(name, span, binder)?;
                Ok(Pattern {
                    span,
                    kind: PatternKind::Ident(ident),
                })
            }
        }
    }

    /// A binding pattern with a possible default.
    pub(super) fn binding_element(&mut self, binder: Binder) -> Res<PatternElement<'a>> {
        let start = self.token.start;
        let pattern = self.binding_pattern(binder)?;
        self.with_default(start, pattern)
    }

    fn with_default(&mut self, start: u32, pattern: Pattern<'a>) -> Res<PatternElement<'a>> {
        let default = if self.eat(Tok::Assign) {
            self.pattern_has_expression = true;
            let value = self.assignment_in()?;
            Some(value)
        } else {
            None
        };
        Ok(PatternElement {
            span: self.span_from(start),
            pattern,
            default,
        })
    }

    fn array_binding(&mut self, binder: Binder) -> Res<Pattern<'a>> {
        let start = self.token.start;
        self.advance();
        let mut elements = bumpalo::collections::Vec::new_in(self.arena);
        let mut rest = None;
        while self.token.kind != Tok::RBracket {
            if self.eat(Tok::Comma) {
                elements.push(None);
                continue;
            }
            if self.eat(Tok::Ellipsis) {
                let pattern = self.binding_pattern(binder)?;
                rest = Some(self.alloc(pattern));
                if self.token.kind == Tok::Assign {
                    return self.fail(K::InvalidDestructuringTarget, pattern.span);
                }
                if self.token.kind != Tok::RBracket {
                    return self.fail(K::ElementAfterRest, self.token_span());
                }
                break;
            }
            elements.push(Some(self.binding_element(binder)?));
            if self.token.kind != Tok::RBracket {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance();
        let pattern = self.alloc(ArrayPattern {
            elements: elements.into_bump_slice(),
            rest,
        });
        Ok(Pattern {
            span: self.span_from(start),
            kind: PatternKind::Array(pattern),
        })
    }

    fn object_binding(&mut self, binder: Binder) -> Res<Pattern<'a>> {
        let start = self.token.start;
        self.advance();
        let mut properties = bumpalo::collections::Vec::new_in(self.arena);
        let mut rest = None;
        while self.token.kind != Tok::RBrace {
            if self.eat(Tok::Ellipsis) {
                let (name, span) = self.binding_identifier()?;
                let ident = self.bind(name, span, binder)?;
                rest = Some(self.alloc(Pattern {
                    span,
                    kind: PatternKind::Ident(ident),
                }));
                if self.token.kind != Tok::RBrace {
                    return self.fail(K::ElementAfterRest, self.token_span());
                }
                break;
            }
            properties.push(self.binding_property(binder)?);
            if self.token.kind != Tok::RBrace {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance();
        let pattern = self.alloc(ObjectPattern {
            properties: properties.into_bump_slice(),
            rest,
        });
        Ok(Pattern {
            span: self.span_from(start),
            kind: PatternKind::Object(pattern),
        })
    }

    fn binding_property(&mut self, binder: Binder) -> Res<PatternProperty<'a>> {
        let token = self.token;
        let key = self.property_key()?;
        if self.eat(Tok::Colon) {
            let element = self.binding_element(binder)?;
            return Ok(PatternProperty {
                span: self.span_from(token.start),
                key,
                element,
                shorthand: false,
            });
        }
        let PropertyKey::Name { name, span, .. } = key else {
            return self.unexpected();
        };
        if !self.is_identifier(&token) {
            return self.unexpected_identifier(&token);
        }
        self.check_bound_name(name, span)?;
        let ident = self.bind(name, span, binder)?;
        let pattern = Pattern {
            span,
            kind: PatternKind::Ident(ident),
        };
        let element = self.with_default(token.start, pattern)?;
        Ok(PatternProperty {
            span: self.span_from(token.start),
            key,
            element,
            shorthand: true,
        })
    }
}
