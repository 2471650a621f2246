//! Expressions and patterns.

use super::{Part, Parts, Printer, level, separated, text};
use crate::ast::{
    ArrayPattern, Expr, ExprKind, FunctionBody, Ident, ImportPhase, Name, ObjectPattern, Pattern,
    PatternElement, PatternKind, Property, PropertyKey, PropertyKind, SuperKey, Template,
};

/// An expression where a level is needed.
pub fn at<'t, 'a>(expr: &'t Expr<'a>, level: u8) -> Part<'t, 'a> {
    Part::Expr {
        expr,
        level,
        no_in: false,
    }
}

impl<'t, 'a> Printer<'t, 'a> {
    pub(super) fn expr(&mut self, expr: &'t Expr<'a>, level: u8, no_in: bool) {
        let expr = expr.unparenthesized();
        if level::of(expr) < level || (no_in && level::is_in(expr)) {
            self.parenthesized(expr);
        } else {
            let parts = self.bare(expr, no_in);
            self.push(parts);
        }
    }

    pub(super) fn parenthesized(&mut self, expr: &'t Expr<'a>) {
        self.push(vec![
            Part::Text("("),
            at(expr, level::SEQUENCE),
            Part::Text(")"),
        ]);
    }

    fn bare(&self, expr: &'t Expr<'a>, no_in: bool) -> Parts<'t, 'a> {
        let inherit = |expr, level| Part::Expr { expr, level, no_in };
        match &expr.kind {
            ExprKind::Sequence(list) => {
                separated(*list, ", ", |item| vec![inherit(item, level::ASSIGN)])
            }
            ExprKind::Assign { op, target, value } => vec![
                Part::Pattern(target),
                Part::Text(" "),
                Part::Text(op.text()),
                Part::Text(" "),
                inherit(value, level::ASSIGN),
            ],
            ExprKind::Yield { delegate, argument } => {
                let mut parts = vec![Part::Text(if *delegate { "yield*" } else { "yield" })];
                if let Some(argument) = argument {
                    parts.extend([Part::Text(" "), inherit(argument, level::ASSIGN)]);
                }
                parts
            }
            ExprKind::Function(function) => match function.body {
                // The expression of an arrow function is a part of the expression around it.
                FunctionBody::Expr(body) => {
                    let mut parts = self.function_head(function);
                    parts.push(Part::Text(" => "));
                    if level::start_of(body) == level::Start::Brace {
                        parts.extend([Part::Text("("), at(body, level::SEQUENCE), Part::Text(")")]);
                    } else {
                        parts.push(inherit(body, level::ASSIGN));
                    }
                    parts
                }
                FunctionBody::Block(_) => vec![Part::Function(function)],
            },
            ExprKind::Conditional(conditional) => vec![
                inherit(&conditional.test, level::COALESCE),
                Part::Text(" ? "),
                at(&conditional.consequent, level::ASSIGN),
                Part::Text(" : "),
                inherit(&conditional.alternate, level::ASSIGN),
            ],
            ExprKind::Binary { left, right, .. } | ExprKind::Logical { left, right, .. } => {
                let operator = match &expr.kind {
                    ExprKind::Binary { op, .. } => op.text(),
                    ExprKind::Logical { op, .. } => op.text(),
                    _ => "",
                };
                let (left_level, right_level) = level::of_operands(expr);
                vec![
                    inherit(left, left_level),
                    Part::Text(" "),
                    Part::Text(operator),
                    Part::Text(" "),
                    inherit(right, right_level),
                ]
            }
            ExprKind::PrivateIn { name, right, .. } => {
                vec![Part::Name(*name), Part::Text(" in "), inherit(right, 11)]
            }
            ExprKind::Unary { op, argument } => {
                vec![Part::Text(op.text()), inherit(argument, level::UNARY)]
            }
            ExprKind::Await(argument) => {
                vec![Part::Text("await "), inherit(argument, level::UNARY)]
            }
            ExprKind::Update {
                increment,
                prefix,
                argument,
            } => {
                let operator = Part::Text(if *increment { "++" } else { "--" });
                let argument = at(argument, level::LEFT_HAND_SIDE);
                if *prefix {
                    vec![operator, argument]
                } else {
                    vec![argument, operator]
                }
            }
            _ => self.left_hand_side(expr),
        }
    }

    fn left_hand_side(&self, expr: &'t Expr<'a>) -> Parts<'t, 'a> {
        match &expr.kind {
            ExprKind::OptionalChain(inner) => vec![at(inner, level::CALL)],
            ExprKind::Call(call) => {
                let mut parts = vec![at(&call.callee, level::CALL)];
                if call.optional {
                    parts.push(Part::Text("?."));
                }
                parts.extend(self.arguments(call.arguments));
                parts
            }
            ExprKind::New(new) => {
                let mut parts = vec![Part::Text("new ")];
                if level::has_call_in_spine(&new.callee) {
                    parts.extend([
                        Part::Text("("),
                        at(&new.callee, level::SEQUENCE),
                        Part::Text(")"),
                    ]);
                } else {
                    parts.push(at(&new.callee, level::MEMBER));
                }
                parts.extend(self.arguments(new.arguments));
                parts
            }
            ExprKind::Member {
                optional,
                name,
                object,
                ..
            } => vec![
                self.object(object, *optional),
                Part::Text(if *optional { "?." } else { "." }),
                Part::Name(*name),
            ],
            ExprKind::Index {
                optional,
                object,
                index,
            } => vec![
                at(object, level::CALL),
                Part::Text(if *optional { "?.[" } else { "[" }),
                at(index, level::SEQUENCE),
                Part::Text("]"),
            ],
            ExprKind::PrivateMember(member) => vec![
                self.object(&member.object, member.optional),
                Part::Text(if member.optional { "?." } else { "." }),
                Part::Name(member.name.name),
            ],
            ExprKind::SuperMember(member) => match &member.key {
                SuperKey::Name(word) => vec![Part::Text("super."), Part::Name(word.name)],
                SuperKey::Index(index) => vec![
                    Part::Text("super["),
                    at(index, level::SEQUENCE),
                    Part::Text("]"),
                ],
            },
            ExprKind::SuperCall(call) => {
                let mut parts = vec![Part::Text("super")];
                parts.extend(self.arguments(call.arguments));
                parts
            }
            ExprKind::ImportCall(call) => {
                let mut parts = vec![
                    Part::Text(match call.phase {
                        ImportPhase::Evaluation => "import(",
                        ImportPhase::Defer => "import.defer(",
                        ImportPhase::Source => "import.source(",
                    }),
                    at(&call.specifier, level::ASSIGN),
                ];
                if let Some(options) = &call.options {
                    parts.extend([Part::Text(", "), at(options, level::ASSIGN)]);
                }
                parts.push(Part::Text(")"));
                parts
            }
            ExprKind::TaggedTemplate(tagged) => {
                let mut parts = vec![at(&tagged.tag, level::CALL)];
                parts.extend(self.template(&tagged.template));
                parts
            }
            _ => self.primary(expr),
        }
    }

    /// What a `.name` follows: a number in decimal digits would take the dot.
    fn object(&self, object: &'t Expr<'a>, optional: bool) -> Part<'t, 'a> {
        match object.unparenthesized().kind {
            ExprKind::Number(value) if !optional => {
                let mut text = text::number(value);
                if text.bytes().all(|byte| byte.is_ascii_digit()) {
                    text.push('.');
                }
                Part::Owned(text.into_bytes())
            }
            _ => at(object, level::CALL),
        }
    }

    fn arguments(&self, list: &'t [Expr<'a>]) -> Parts<'t, 'a> {
        let mut parts = vec![Part::Text("(")];
        parts.extend(separated(list, ", ", |item| vec![at(item, level::ASSIGN)]));
        parts.push(Part::Text(")"));
        parts
    }

    fn primary(&self, expr: &'t Expr<'a>) -> Parts<'t, 'a> {
        match &expr.kind {
            ExprKind::Null => vec![Part::Text("null")],
            ExprKind::Bool(value) => vec![Part::Text(if *value { "true" } else { "false" })],
            ExprKind::Number(value) => vec![Part::Owned(text::number(*value).into_bytes())],
            ExprKind::String(name) => vec![self.string_part(*name)],
            ExprKind::BigInt(digits) => vec![Part::Owned(self.big_int(*digits))],
            ExprKind::RegExp { pattern, flags } => {
                let names = &self.parsed.names;
                let text = [b"/", names.bytes(*pattern), b"/", names.bytes(*flags)];
                vec![Part::Owned(text.concat())]
            }
            ExprKind::Ident { name, .. } => vec![Part::Name(*name)],
            ExprKind::This(_) => vec![Part::Text("this")],
            ExprKind::Template(template) => self.template(template),
            ExprKind::Array(elements) => {
                let mut parts = vec![Part::Text("[")];
                parts.extend(separated(*elements, ", ", |item| {
                    vec![at(item, level::ASSIGN)]
                }));
                // After a hole at the end stands one more comma.
                if matches!(elements.last().map(|last| last.kind), Some(ExprKind::Hole)) {
                    parts.push(Part::Text(","));
                }
                parts.push(Part::Text("]"));
                parts
            }
            ExprKind::Object(properties) => {
                let mut parts = vec![Part::Text("{")];
                parts.extend(separated(*properties, ", ", |item| self.property(item)));
                parts.push(Part::Text("}"));
                parts
            }
            ExprKind::Class(class) => vec![Part::Class(class)],
            ExprKind::ImportMeta => vec![Part::Text("import.meta")],
            ExprKind::NewTarget(_) => vec![Part::Text("new.target")],
            ExprKind::Spread(argument) => vec![Part::Text("..."), at(argument, level::ASSIGN)],
            // A hole is nothing; the other kinds have been printed above.
            _ => Vec::new(),
        }
    }

    fn big_int(&self, digits: Name) -> Vec<u8> {
        [self.parsed.names.bytes(digits), b"n"].concat()
    }

    fn template(&self, template: &'t Template<'a>) -> Parts<'t, 'a> {
        // Raw text is no token: nothing may be put before it.
        let raw = |index: usize, before: &[u8], after: &[u8]| {
            let quasi = template.quasis.get(index);
            let raw = quasi.map_or(&b""[..], |quasi| self.parsed.names.bytes(quasi.raw));
            Part::Owned([before, raw, after].concat())
        };
        let last = template.expressions.len();
        if last == 0 {
            return vec![raw(0, b"`", b"`")];
        }
        let mut parts = vec![raw(0, b"`", b"${")];
        for (index, expr) in template.expressions.iter().enumerate() {
            let after: &[u8] = if index + 1 == last { b"`" } else { b"${" };
            parts.extend([at(expr, level::SEQUENCE), raw(index + 1, b"}", after)]);
        }
        parts
    }

    fn property(&self, property: &'t Property<'a>) -> Parts<'t, 'a> {
        match &property.kind {
            PropertyKind::Value { key, value } => {
                let mut parts = self.key(key);
                parts.extend([Part::Text(": "), at(value, level::ASSIGN)]);
                parts
            }
            PropertyKind::Shorthand(ident) => vec![Part::Name(ident.name)],
            PropertyKind::Proto(value) => {
                vec![Part::Text("__proto__: "), at(value, level::ASSIGN)]
            }
            PropertyKind::Method { key, function }
            | PropertyKind::Getter { key, function }
            | PropertyKind::Setter { key, function } => self.method(key, function),
            PropertyKind::Spread(value) => vec![Part::Text("..."), at(value, level::ASSIGN)],
            PropertyKind::CoverInitialized { name, default } => vec![
                Part::Name(name.name),
                Part::Text(" = "),
                at(default, level::ASSIGN),
            ],
        }
    }

    pub(super) fn key(&self, key: &PropertyKey<'a>) -> Parts<'t, 'a>
    where
        'a: 't,
    {
        match key {
            PropertyKey::Name { name, quoted, .. } => vec![if *quoted {
                self.string_part(*name)
            } else {
                Part::Name(*name)
            }],
            PropertyKey::Number { value, .. } => {
                vec![Part::Owned(text::number(*value).into_bytes())]
            }
            PropertyKey::BigInt { text, .. } => vec![Part::Owned(self.big_int(*text))],
            PropertyKey::Computed(expr) => {
                vec![Part::Text("["), at(expr, level::ASSIGN), Part::Text("]")]
            }
            PropertyKey::Private(ident) => vec![Part::Name(ident.name)],
        }
    }

    pub(super) fn pattern(&mut self, pattern: &'t Pattern<'a>) {
        let parts = match &pattern.kind {
            PatternKind::Ident(ident) => self.target_name(pattern, ident),
            PatternKind::Object(object) => self.object_pattern(object),
            PatternKind::Array(array) => array_pattern(array),
            PatternKind::Expr(expr) => vec![at(expr, level::LEFT_HAND_SIDE)],
        };
        self.push(parts);
    }

    /// `(x) = …` keeps its parentheses, which decide about function names.
    fn target_name(&self, pattern: &Pattern<'a>, ident: &Ident) -> Parts<'t, 'a> {
        let name = Part::Name(ident.name);
        if pattern.span == ident.span {
            vec![name]
        } else {
            vec![Part::Text("("), name, Part::Text(")")]
        }
    }

    fn object_pattern(&self, object: &'t ObjectPattern<'a>) -> Parts<'t, 'a> {
        let mut parts = vec![Part::Text("{")];
        parts.extend(separated(object.properties, ", ", |property| {
            let mut parts = Vec::new();
            if !property.shorthand {
                parts.extend(self.key(&property.key));
                parts.push(Part::Text(": "));
            }
            parts.push(Part::Element(&property.element));
            parts
        }));
        if let Some(rest) = object.rest {
            if !object.properties.is_empty() {
                parts.push(Part::Text(", "));
            }
            parts.extend([Part::Text("..."), Part::Pattern(rest)]);
        }
        parts.push(Part::Text("}"));
        parts
    }

    pub(super) fn element(&mut self, element: &'t PatternElement<'a>) {
        let mut parts = vec![Part::Pattern(&element.pattern)];
        if let Some(default) = element.default {
            parts.extend([Part::Text(" = "), at(default, level::ASSIGN)]);
        }
        self.push(parts);
    }
}

fn array_pattern<'t, 'a>(array: &'t ArrayPattern<'a>) -> Parts<'t, 'a> {
    let mut parts = vec![Part::Text("[")];
    parts.extend(separated(array.elements, ", ", |element| {
        element.iter().map(Part::Element).collect()
    }));
    if let Some(rest) = array.rest {
        if !array.elements.is_empty() {
            parts.push(Part::Text(", "));
        }
        parts.extend([Part::Text("..."), Part::Pattern(rest)]);
    } else if array.elements.last().is_some_and(Option::is_none) {
        parts.push(Part::Text(","));
    }
    parts.push(Part::Text("]"));
    parts
}
