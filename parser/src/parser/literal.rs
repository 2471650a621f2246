//! Array, object and template literals, and property keys.

use super::{Parser, Res};
use crate::ast::{
    Expr, ExprKind, FunctionFlags, Ident, PatternKind, Property, PropertyKey, PropertyKind,
    Template, TemplateElement,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::Tok;
use crate::names::Name;
use crate::span::Span;

impl<'a> Parser<'a, '_> {
    #[inline(never)]
    pub(super) fn array_literal(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        self.advance();
        let outer_in = std::mem::replace(&mut self.context.allow_in, true);
        let base = self.expressions.len();
        loop {
            let element_start = self.token.start;
            let element = match self.token.kind {
                Tok::RBracket => break,
                Tok::Comma => {
                    self.advance();
                    let span = Span::new(element_start, element_start);
                    let hole = self.node(span, ExprKind::Hole);
                    self.expressions.push(hole);
                    continue;
                }
                Tok::Ellipsis => {
                    self.advance();
                    let value = self.assignment_or_pattern()?;
                    self.node(self.span_from(element_start), ExprKind::Spread(value))
                }
                _ => self.assignment_or_pattern()?,
            };
            self.expressions.push(element);
            if self.token.kind != Tok::RBracket {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance();
        self.context.allow_in = outer_in;
        let elements = self.take_expressions(base);
        Ok(self.node(self.span_from(start), ExprKind::Array(elements)))
    }

    #[inline(never)]
    pub(super) fn object_literal(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        self.advance();
        let outer_in = std::mem::replace(&mut self.context.allow_in, true);
        let base = self.properties.len();
        let mut has_proto = false;
        while self.token.kind != Tok::RBrace {
            let property_start = self.token.start;
            let kind = self.property()?;
            let span = self.span_from(property_start);
            if matches!(kind, PropertyKind::Proto(_)) {
                if has_proto && self.cover_error.is_none() {
                    self.cover_error = Some((K::DuplicateProto, span));
                }
                has_proto = true;
            }
            self.properties.push(Property { span, kind });
            if self.token.kind != Tok::RBrace {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance();
        self.context.allow_in = outer_in;
        let properties = self.slice(&self.properties[base..]);
        self.properties.truncate(base);
        Ok(self.node(self.span_from(start), ExprKind::Object(properties)))
    }

    #[inline(never)]
    fn property(&mut self) -> Res<PropertyKind<'a>> {
        let token = self.token;
        match token.kind {
            Tok::Ident | Tok::Let | Tok::Static | Tok::Yield | Tok::Await => {
                self.advance();
                match self.token.kind {
                    Tok::Colon => {}
                    Tok::Comma | Tok::RBrace | Tok::Assign => return self.shorthand(&token),
                    Tok::LParen => {}
                    _ if token.escaped => {}
                    _ if token.name == Name::GET => return self.accessor(token.start, true),
                    _ if token.name == Name::SET => return self.accessor(token.start, false),
                    _ if token.name == Name::ASYNC && !self.token.newline_before => {
                        let is_generator = self.eat(Tok::Star);
                        let key = self.property_key()?;
                        let mut flags = FunctionFlags::METHOD.with(FunctionFlags::ASYNC);
                        if is_generator {
                            flags.insert(FunctionFlags::GENERATOR);
                        }
                        let function = self.method(token.start, flags)?;
                        return Ok(PropertyKind::Method { key, function });
                    }
                    _ => {}
                }
                let key = PropertyKey::Name {
                    name: token.name,
                    span: Span::new(token.start, token.end),
                    quoted: false,
                };
                self.property_value(token.start, key)
            }
            Tok::Ellipsis => {
                self.advance();
                Ok(PropertyKind::Spread(*self.assignment_or_pattern()?))
            }
            Tok::Star => {
                self.advance();
                let key = self.property_key()?;
                let flags = FunctionFlags::METHOD.with(FunctionFlags::GENERATOR);
                let function = self.method(token.start, flags)?;
                Ok(PropertyKind::Method { key, function })
            }
            _ => {
                let key = self.property_key()?;
                self.property_value(token.start, key)
            }
        }
    }

    /// `name` or `name = default`; the name is consumed.
    #[inline(never)]
    fn shorthand(&mut self, token: &crate::lexer::Token) -> Res<PropertyKind<'a>> {
        let span = Span::new(token.start, token.end);
        if token.kind == Tok::Await && !self.is_await_reserved() {
            self.last_await_name = token.start;
        }
        if !self.is_identifier(token) {
            return self.unexpected_identifier(token);
        }
        let name = token.name;
        let expr = self.name_expression(name, span)?;
        let ExprKind::Ident { reference, .. } = expr.kind else {
            return self.unexpected();
        };
        let name = Ident {
            span,
            name,
            reference,
        };
        if self.token.kind != Tok::Assign {
            return Ok(PropertyKind::Shorthand(name));
        }
        let outer = self
            .cover_error
            .unwrap_or((K::InvalidShorthandInitializer, self.token_span()));
        self.advance();
        let default = self.assignment()?;
        self.cover_error = Some(outer);
        Ok(PropertyKind::CoverInitialized { name, default })
    }

    /// After a key: `: value` or a method.
    #[inline(never)]
    fn property_value(&mut self, start: u32, key: PropertyKey<'a>) -> Res<PropertyKind<'a>> {
        if self.token.kind == Tok::LParen {
            let function = self.method(start, FunctionFlags::METHOD)?;
            return Ok(PropertyKind::Method { key, function });
        }
        if self.token.kind != Tok::Colon {
            return self.unexpected_after_key(&key);
        }
        self.advance();
        let value = self.assignment_or_pattern()?;
        if matches!(
            key,
            PropertyKey::Name {
                name: Name::PROTO,
                ..
            }
        ) {
            return Ok(PropertyKind::Proto(*value));
        }
        Ok(PropertyKind::Value { key, value: *value })
    }

    #[cold]
    fn unexpected_after_key<T>(&mut self, key: &PropertyKey<'a>) -> Res<T> {
        // A reserved word alone is the mistake itself.
        if let PropertyKey::Name {
            name,
            span,
            quoted: false,
        } = *key
            && matches!(self.token.kind, Tok::Comma | Tok::RBrace | Tok::Assign)
            && name.index() < crate::lexer::KEYWORDS.len()
        {
            let text = self.text(name);
            return self.fail_with(K::UnexpectedToken, span, &[&text]);
        }
        // So is a literal.
        match *key {
            PropertyKey::Name {
                span, quoted: true, ..
            } => self.fail(K::UnexpectedString, span),
            PropertyKey::Number { span, .. } | PropertyKey::BigInt { span, .. } => {
                self.fail(K::UnexpectedNumber, span)
            }
            _ => self.unexpected(),
        }
    }

    #[inline(never)]
    fn accessor(&mut self, start: u32, getter: bool) -> Res<PropertyKind<'a>> {
        let key = self.property_key()?;
        let flags = if getter {
            FunctionFlags::METHOD.with(FunctionFlags::GETTER)
        } else {
            FunctionFlags::METHOD.with(FunctionFlags::SETTER)
        };
        let function = self.method(start, flags)?;
        Ok(if getter {
            PropertyKind::Getter { key, function }
        } else {
            PropertyKind::Setter { key, function }
        })
    }

    /// `PropertyName`
    pub(super) fn property_key(&mut self) -> Res<PropertyKey<'a>> {
        let token = self.token;
        let span = self.token_span();
        let key = match token.kind {
            Tok::String => {
                self.check_legacy(&token)?;
                PropertyKey::Name {
                    name: token.name,
                    span,
                    quoted: true,
                }
            }
            Tok::Number => {
                self.check_legacy(&token)?;
                PropertyKey::Number {
                    value: self.lexer.number,
                    span,
                }
            }
            Tok::BigInt => PropertyKey::BigInt {
                text: token.name,
                span,
            },
            Tok::LBracket => {
                self.advance();
                let expr = self.assignment_in()?;
                self.expect(Tok::RBracket)?;
                self.pattern_has_expression = true;
                return Ok(PropertyKey::Computed(expr));
            }
            kind if kind.is_identifier_name() => PropertyKey::Name {
                name: token.name,
                span,
                quoted: false,
            },
            _ => return self.unexpected(),
        };
        self.advance();
        Ok(key)
    }

    /// A template literal, at its backquote.
    #[inline(never)]
    pub(super) fn template_literal(&mut self, tagged: bool) -> Res<Template<'a>> {
        let base = self.expressions.len();
        let mut quasis = bumpalo::collections::Vec::new_in(self.arena);
        let mut start = self.token.start + 1;
        loop {
            let Some(piece) = self.lexer.template_piece(start as usize) else {
                let end = self.lexer.source.len() as u32;
                return self.fail(K::UnexpectedEnd, Span::new(end, end));
            };
            let cooked = match piece.cooked {
                Ok(cooked) => Some(cooked),
                Err(_) if tagged => None,
                Err(error) => return self.fail(error.kind, error.span),
            };
            quasis.push(TemplateElement {
                span: piece.span,
                raw: piece.raw,
                cooked,
            });
            if piece.tail {
                break;
            }
            self.last_end = self.lexer.position as u32;
            self.token = self.lexer.next();
            let expression = self.nested(Self::expression_in)?;
            self.expressions.push(expression);
            if self.token.kind != Tok::RBrace {
                return if self.token.kind == Tok::Error {
                    self.unexpected()
                } else {
                    self.fail(K::UnterminatedSubstitution, self.token_span())
                };
            }
            start = self.token.start + 1;
        }
        self.token.end = self.lexer.position as u32;
        self.advance();
        let expressions = self.take_expressions(base);
        Ok(Template {
            quasis: quasis.into_bump_slice(),
            expressions,
        })
    }
}

/// Whether a pattern is just a name.
pub(super) fn is_simple(kind: &PatternKind<'_>) -> bool {
    matches!(kind, PatternKind::Ident(_))
}
