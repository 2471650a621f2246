//! Expressions that turn out to be patterns: destructuring assignments and arrow function parameters.
//!
//! Nothing is parsed again: the pattern is built from the expression tree, and the references already logged for its names
//! become writes or binding occurrences in place.

use super::{Parser, Res};
use crate::ast::{
    ArrayPattern, AssignOp, Expr, ExprKind, Ident, ObjectPattern, Pattern, PatternElement,
    PatternKind, PatternProperty, Property, PropertyKey, PropertyKind,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::Tok;
use crate::names::Name;
use crate::span::Span;

impl<'a> Parser<'a, '_> {
    /// The target of `=`: a simple target or a destructuring pattern.
    pub(super) fn assignment_pattern(&mut self, expr: &Expr<'a>, invalid: K) -> Res<Pattern<'a>> {
        match expr.kind {
            ExprKind::Object(_) | ExprKind::Array(_) => self.pattern(expr, false),
            _ => self.simple_target(expr, invalid),
        }
    }

    /// The target of a compound assignment or update.
    pub(super) fn simple_target(&mut self, expr: &Expr<'a>, invalid: K) -> Res<Pattern<'a>> {
        let inner = expr.unparenthesized();
        let kind = match inner.kind {
            ExprKind::Ident { name, reference } => {
                self.check_bound_name(name, inner.span)?;
                self.scopes.make_write(reference);
                PatternKind::Ident(Ident {
                    span: inner.span,
                    name,
                    reference,
                })
            }
            ExprKind::Member { .. }
            | ExprKind::Index { .. }
            | ExprKind::PrivateMember(_)
            | ExprKind::SuperMember(_) => {
                self.note_arguments_member(inner);
                PatternKind::Expr(self.alloc(*inner))
            }
            ExprKind::Call(_) if !self.context.strict => PatternKind::Expr(self.alloc(*inner)),
            _ => return self.fail(invalid, expr.span),
        };
        Ok(Pattern {
            span: expr.span,
            kind,
        })
    }

    /// Makes a pattern of an expression: with `binding`, of parameters of the innermost scope.
    pub(super) fn pattern(&mut self, expr: &Expr<'a>, binding: bool) -> Res<Pattern<'a>> {
        match expr.kind {
            ExprKind::Object(properties) => {
                self.nested(|parser| parser.object_pattern_from(expr.span, properties, binding))
            }
            ExprKind::Array(elements) => {
                self.nested(|parser| parser.array_pattern_from(expr.span, elements, binding))
            }
            ExprKind::Ident { name, reference } if binding => {
                let ident = Ident {
                    span: expr.span,
                    name,
                    reference,
                };
                self.bind_parameter(&ident)?;
                Ok(Pattern {
                    span: expr.span,
                    kind: PatternKind::Ident(ident),
                })
            }
            ExprKind::Call(_) => self.fail(K::InvalidDestructuringTarget, expr.span),
            _ if binding => self.fail(K::InvalidDestructuringTarget, expr.span),
            _ => {
                let target = self.simple_target(expr, K::InvalidDestructuringTarget)?;
                if let PatternKind::Expr(inner) = target.kind
                    && matches!(inner.kind, ExprKind::Call(_))
                {
                    return self.fail(K::InvalidDestructuringTarget, expr.span);
                }
                Ok(target)
            }
        }
    }

    /// A pattern with a possible default, from an expression that may be `target = default`.
    pub(super) fn pattern_element(
        &mut self,
        expr: &Expr<'a>,
        binding: bool,
    ) -> Res<PatternElement<'a>> {
        if let ExprKind::Assign {
            op: AssignOp::Assign,
            target,
            value,
        } = expr.kind
        {
            if let PatternKind::Expr(inner) = target.kind
                && matches!(inner.kind, ExprKind::Call(_))
            {
                return self.fail(K::InvalidDestructuringTarget, target.span);
            }
            if binding {
                self.rebind(target)?;
                self.pattern_has_expression = true;
            }
            return Ok(PatternElement {
                span: expr.span,
                pattern: *target,
                default: Some(value),
            });
        }
        Ok(PatternElement {
            span: expr.span,
            pattern: self.pattern(expr, binding)?,
            default: None,
        })
    }

    fn array_pattern_from(
        &mut self,
        span: Span,
        elements: &'a [Expr<'a>],
        binding: bool,
    ) -> Res<Pattern<'a>> {
        let mut items = bumpalo::collections::Vec::with_capacity_in(elements.len(), self.arena);
        let mut rest = None;
        for (index, element) in elements.iter().enumerate() {
            match element.kind {
                ExprKind::Hole => items.push(None),
                ExprKind::Spread(value) => {
                    if index + 1 != elements.len() || self.comma_follows(element.span.end) {
                        return self.fail(K::ElementAfterRest, element.span);
                    }
                    let target = self.pattern(value, binding)?;
                    rest = Some(self.alloc(target));
                }
                _ => items.push(Some(self.pattern_element(element, binding)?)),
            }
        }
        let pattern = self.alloc(ArrayPattern {
            elements: items.into_bump_slice(),
            rest,
        });
        Ok(Pattern {
            span,
            kind: PatternKind::Array(pattern),
        })
    }

    /// Whether the next token after `offset` is a comma (the tree does not keep trailing commas).
    fn comma_follows(&mut self, offset: u32) -> bool {
        let position = std::mem::replace(&mut self.lexer.position, offset as usize);
        let token = self.lexer.next();
        self.lexer.position = position;
        token.kind == Tok::Comma
    }

    fn object_pattern_from(
        &mut self,
        span: Span,
        properties: &'a [Property<'a>],
        binding: bool,
    ) -> Res<Pattern<'a>> {
        let mut items = bumpalo::collections::Vec::with_capacity_in(properties.len(), self.arena);
        let mut rest = None;
        for (index, property) in properties.iter().enumerate() {
            if let PropertyKind::Spread(value) = property.kind {
                if index + 1 != properties.len() || self.comma_follows(property.span.end) {
                    return self.fail(K::ElementAfterRest, property.span);
                }
                if matches!(value.kind, ExprKind::Object(_) | ExprKind::Array(_)) {
                    return self.fail(K::ObjectRestPattern, value.span);
                }
                let target = self.pattern(&value, binding)?;
                rest = Some(self.alloc(target));
            } else {
                items.push(self.pattern_property(property, binding)?);
            }
        }
        let pattern = self.alloc(ObjectPattern {
            properties: items.into_bump_slice(),
            rest,
        });
        Ok(Pattern {
            span,
            kind: PatternKind::Object(pattern),
        })
    }

    fn pattern_property(
        &mut self,
        property: &Property<'a>,
        binding: bool,
    ) -> Res<PatternProperty<'a>> {
        let span = property.span;
        let (key, element, shorthand) = match property.kind {
            PropertyKind::Value { key, value } => {
                if matches!(key, PropertyKey::Computed(_)) {
                    self.pattern_has_expression = true;
                }
                (key, self.pattern_element(&value, binding)?, false)
            }
            PropertyKind::Proto(value) => {
                let quoted = !matches!(
                    self.lexer.source.get(span.start as usize),
                    Some(b'_' | b'\\')
                );
                let key = PropertyKey::Name {
                    name: Name::PROTO,
                    span: Span::new(span.start, span.start),
                    quoted,
                };
                (key, self.pattern_element(&value, binding)?, false)
            }
            PropertyKind::Shorthand(name) => {
                let element = self.shorthand_element(span, name, None, binding)?;
                (shorthand_key(&name), element, true)
            }
            PropertyKind::CoverInitialized { name, default } => {
                let element = self.shorthand_element(span, name, Some(default), binding)?;
                (shorthand_key(&name), element, true)
            }
            _ => return self.fail(K::InvalidDestructuringTarget, span),
        };
        Ok(PatternProperty {
            span,
            key,
            element,
            shorthand,
        })
    }

    fn shorthand_element(
        &mut self,
        span: Span,
        name: Ident,
        default: Option<&'a Expr<'a>>,
        binding: bool,
    ) -> Res<PatternElement<'a>> {
        if binding {
            self.bind_parameter(&name)?;
            self.pattern_has_expression |= default.is_some();
        } else {
            self.check_bound_name(name.name, name.span)?;
            self.scopes.make_write(name.reference);
        }
        Ok(PatternElement {
            span,
            pattern: Pattern {
                span: name.span,
                kind: PatternKind::Ident(name),
            },
            default,
        })
    }

    /// Turns the names of an assignment pattern into parameters.
    fn rebind(&mut self, pattern: &Pattern<'a>) -> Res<()> {
        match pattern.kind {
            PatternKind::Ident(ident) => {
                if ident.span != pattern.span {
                    return self.fail(K::InvalidDestructuringTarget, pattern.span);
                }
                self.bind_parameter(&ident)
            }
            PatternKind::Expr(_) => self.fail(K::InvalidDestructuringTarget, pattern.span),
            PatternKind::Object(object) => self.nested(|parser| {
                for property in object.properties {
                    if matches!(property.key, PropertyKey::Computed(_))
                        || property.element.default.is_some()
                    {
                        parser.pattern_has_expression = true;
                    }
                    parser.rebind(&property.element.pattern)?;
                }
                object.rest.map_or(Ok(()), |rest| parser.rebind(rest))
            }),
            PatternKind::Array(array) => self.nested(|parser| {
                for element in array.elements.iter().flatten() {
                    parser.pattern_has_expression |= element.default.is_some();
                    parser.rebind(&element.pattern)?;
                }
                array.rest.map_or(Ok(()), |rest| parser.rebind(rest))
            }),
        }
    }

    /// Declares a name of an arrow function's parameters, logged so far as a reference.
    pub(super) fn bind_parameter(&mut self, ident: &Ident) -> Res<()> {
        if ident.name.0 <= Name::PUBLIC.0 && !self.is_identifier_slow(ident.name) {
            let kind = if self.context.strict && ident.name != Name::AWAIT {
                K::UnexpectedStrictReserved
            } else {
                K::UnexpectedReserved
            };
            return self.fail(kind, ident.span);
        }
        self.check_bound_name(ident.name, ident.span)?;
        self.scopes.make_binding(ident.reference);
        self.parameter_names.push((ident.name, ident.span));
        if self.scopes.declare_parameter(ident.name) {
            return self.fail(K::DuplicateParameter, ident.span);
        }
        Ok(())
    }
}

fn shorthand_key<'a>(name: &Ident) -> PropertyKey<'a> {
    PropertyKey::Name {
        name: name.name,
        span: name.span,
        quoted: false,
    }
}
