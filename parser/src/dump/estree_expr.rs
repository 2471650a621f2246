//! Expressions, patterns, functions and classes as ESTree nodes.

use super::estree::{Node, Part, Writer};
use super::push_json_string;
use crate::ast::{
    ArrayPattern, Class, ClassMember, ClassMemberKind, Decorator, Expr, ExprKind, Function,
    FunctionBody, Ident, ImportPhase, ObjectPattern, Pattern, PatternElement, PatternKind,
    PatternProperty, Property, PropertyKey, PropertyKind, Span, SuperKey, Template, UnaryOp,
};

impl<'t, 'a> Writer<'t, 'a> {
    pub(super) fn expr(&mut self, expr: &'t Expr<'a>) {
        self.expr_node(expr).finish(self);
    }

    fn literal(&self, span: Span, value: String) -> Node<'t, 'a> {
        let mut raw = String::new();
        push_json_string(&mut raw, span.slice(self.parsed.source));
        Node::new("Literal", span)
            .raw("value", value)
            .raw("raw", raw)
    }

    fn expr_node(&self, expr: &'t Expr<'a>) -> Node<'t, 'a> {
        let span = expr.span;
        let node = |kind| Node::new(kind, span);
        match &expr.kind {
            ExprKind::Null => self.literal(span, String::from("null")),
            ExprKind::Bool(value) => self.literal(span, value.to_string()),
            ExprKind::Number(value) => self.literal(span, json_number(*value)),
            ExprKind::String(name) => {
                let mut text = String::new();
                push_json_string(&mut text, self.parsed.names.bytes(*name));
                self.literal(span, text)
            }
            ExprKind::BigInt(text) => self
                .literal(span, String::from("null"))
                .name("bigint", *text),
            ExprKind::RegExp { pattern, flags } => self
                .literal(span, String::from("{}"))
                .node_raw(*pattern, *flags),
            ExprKind::Ident { name, reference } => node("Identifier")
                .name("name", *name)
                .resolution(*reference, self),
            ExprKind::This(_) => node("ThisExpression"),
            ExprKind::Template(template) => self.template(span, template),
            ExprKind::TaggedTemplate(tagged) => node("TaggedTemplateExpression")
                .expr("tag", &tagged.tag)
                .node(
                    "quasi",
                    self.template(tagged.template_span, &tagged.template),
                ),
            ExprKind::Array(elements) => {
                node("ArrayExpression").exprs_or_null("elements", elements)
            }
            ExprKind::Object(properties) => node("ObjectExpression").nodes(
                "properties",
                properties.iter().map(|property| self.property(property)),
            ),
            ExprKind::Function(function) => self.function_node(
                function,
                if function.flags.is_arrow() {
                    "ArrowFunctionExpression"
                } else {
                    "FunctionExpression"
                },
            ),
            ExprKind::Class(class) => self.class_node(class, "ClassExpression"),
            ExprKind::Unary { op, argument } => self.unary(span, *op, argument),
            ExprKind::Update {
                increment,
                prefix,
                argument,
            } => node("UpdateExpression")
                .string("operator", if *increment { "++" } else { "--" })
                .bool("prefix", *prefix)
                .expr("argument", argument),
            ExprKind::Binary { op, left, right } => node("BinaryExpression")
                .string("operator", op.text())
                .expr("left", left)
                .expr("right", right),
            ExprKind::Logical { op, left, right } => node("LogicalExpression")
                .string("operator", op.text())
                .expr("left", left)
                .expr("right", right),
            ExprKind::Assign { op, target, value } => node("AssignmentExpression")
                .string("operator", op.text())
                .pattern("left", target)
                .expr("right", value),
            ExprKind::Conditional(conditional) => node("ConditionalExpression")
                .expr("test", &conditional.test)
                .expr("consequent", &conditional.consequent)
                .expr("alternate", &conditional.alternate),
            ExprKind::Call(call) => node("CallExpression")
                .expr("callee", &call.callee)
                .exprs("arguments", call.arguments)
                .bool("optional", call.optional),
            ExprKind::New(new) => node("NewExpression")
                .expr("callee", &new.callee)
                .exprs("arguments", new.arguments),
            ExprKind::OptionalChain(inner) => node("ChainExpression").expr("expression", inner),
            ExprKind::Yield { delegate, argument } => node("YieldExpression")
                .bool("delegate", *delegate)
                .maybe_expr("argument", *argument),
            ExprKind::Await(argument) => node("AwaitExpression").expr("argument", argument),
            ExprKind::Sequence(list) => node("SequenceExpression").exprs("expressions", list),
            ExprKind::Paren(inner) => node("ParenthesizedExpression").expr("expression", inner),
            ExprKind::Spread(argument) => node("SpreadElement").expr("argument", argument),
            ExprKind::Hole => node("Elision"),
            _ => self.member_like(expr),
        }
    }

    /// Member accesses, `super`, `import` and meta properties.
    fn member_like(&self, expr: &'t Expr<'a>) -> Node<'t, 'a> {
        let span = expr.span;
        let node = |kind| Node::new(kind, span);
        match &expr.kind {
            ExprKind::Member {
                optional,
                name,
                name_start,
                object,
            } => node("MemberExpression")
                .expr("object", object)
                .identifier("property", *name, Span::new(*name_start, span.end))
                .bool("computed", false)
                .bool("optional", *optional),
            ExprKind::Index {
                optional,
                object,
                index,
            } => node("MemberExpression")
                .expr("object", object)
                .expr("property", index)
                .bool("computed", true)
                .bool("optional", *optional),
            ExprKind::PrivateMember(member) => node("MemberExpression")
                .expr("object", &member.object)
                .node("property", self.private(&member.name))
                .bool("computed", false)
                .bool("optional", member.optional),
            ExprKind::SuperMember(member) => {
                let object = Node::new("Super", Span::new(span.start, span.start + 5));
                let node = node("MemberExpression").node("object", object);
                match &member.key {
                    SuperKey::Name(word) => node
                        .identifier("property", word.name, word.span)
                        .bool("computed", false),
                    SuperKey::Index(index) => node.expr("property", index).bool("computed", true),
                }
            }
            ExprKind::SuperCall(call) => node("CallExpression")
                .node(
                    "callee",
                    Node::new("Super", Span::new(span.start, span.start + 5)),
                )
                .exprs("arguments", call.arguments),
            ExprKind::ImportCall(call) => {
                let node = node("ImportExpression")
                    .expr("source", &call.specifier)
                    .maybe_expr("options", call.options.as_ref());
                match call.phase {
                    ImportPhase::Evaluation => node,
                    ImportPhase::Defer => node.string("phase", "defer"),
                    ImportPhase::Source => node.string("phase", "source"),
                }
            }
            ExprKind::ImportMeta => meta(span, "import", "meta"),
            ExprKind::NewTarget(_) => meta(span, "new", "target"),
            ExprKind::PrivateIn { name, right, .. } => {
                let len = self.parsed.names.bytes(*name).len() as u32;
                node("BinaryExpression")
                    .string("operator", "in")
                    .node(
                        "left",
                        Node::new("PrivateIdentifier", Span::new(span.start, span.start + len))
                            .name("name", *name),
                    )
                    .expr("right", right)
            }
            _ => node("Unknown"),
        }
    }

    fn unary(&self, span: Span, op: UnaryOp, argument: &'t Expr<'a>) -> Node<'t, 'a> {
        Node::new("UnaryExpression", span)
            .string("operator", op.text())
            .bool("prefix", true)
            .expr("argument", argument)
    }

    fn private(&self, name: &Ident) -> Node<'t, 'a> {
        Node::new("PrivateIdentifier", name.span).name("name", name.name)
    }

    fn template(&self, span: Span, template: &'t Template<'a>) -> Node<'t, 'a> {
        Node::new("TemplateLiteral", span)
            .nodes(
                "quasis",
                template.quasis.iter().map(|quasi| {
                    let node = Node::new("TemplateElement", quasi.span).name("raw", quasi.raw);
                    match quasi.cooked {
                        Some(cooked) => node.name("cooked", cooked),
                        None => node.null("cooked"),
                    }
                }),
            )
            .exprs("expressions", template.expressions)
    }

    fn key(&self, node: Node<'t, 'a>, key: &'t PropertyKey<'a>) -> Node<'t, 'a> {
        match key {
            PropertyKey::Name {
                name,
                span,
                quoted: false,
            } => node.identifier("key", *name, *span).bool("computed", false),
            PropertyKey::Name { name, span, .. } => {
                let mut text = String::new();
                push_json_string(&mut text, self.parsed.names.bytes(*name));
                node.node("key", self.literal(*span, text))
                    .bool("computed", false)
            }
            PropertyKey::Number { value, span } => node
                .node("key", self.literal(*span, json_number(*value)))
                .bool("computed", false),
            PropertyKey::BigInt { text, span } => node
                .node(
                    "key",
                    self.literal(*span, String::from("null"))
                        .name("bigint", *text),
                )
                .bool("computed", false),
            PropertyKey::Computed(expr) => node.expr("key", expr).bool("computed", true),
            PropertyKey::Private(name) => {
                node.node("key", self.private(name)).bool("computed", false)
            }
        }
    }

    fn property(&self, property: &'t Property<'a>) -> Node<'t, 'a> {
        let node = Node::new("Property", property.span);
        match &property.kind {
            PropertyKind::Value { key, value } => self
                .key(node, key)
                .expr("value", value)
                .string("kind", "init"),
            PropertyKind::Shorthand(name) | PropertyKind::CoverInitialized { name, .. } => node
                .identifier("key", name.name, name.span)
                .variable("value", name, self)
                .bool("shorthand", true)
                .string("kind", "init"),
            PropertyKind::Proto(value) => node
                .identifier(
                    "key",
                    crate::names::Name::PROTO,
                    Span::new(property.span.start, property.span.start),
                )
                .expr("value", value)
                .string("kind", "init"),
            PropertyKind::Method { key, function } => self
                .key(node, key)
                .function("value", function, "FunctionExpression")
                .bool("method", true)
                .string("kind", "init"),
            PropertyKind::Getter { key, function } => self
                .key(node, key)
                .function("value", function, "FunctionExpression")
                .string("kind", "get"),
            PropertyKind::Setter { key, function } => self
                .key(node, key)
                .function("value", function, "FunctionExpression")
                .string("kind", "set"),
            PropertyKind::Spread(value) => {
                Node::new("SpreadElement", property.span).expr("argument", value)
            }
        }
    }

    pub(super) fn pattern(&mut self, pattern: &'t Pattern<'a>) {
        match &pattern.kind {
            PatternKind::Ident(ident) => Node::new("Identifier", ident.span)
                .name("name", ident.name)
                .resolution(ident.reference, self)
                .finish(self),
            PatternKind::Expr(expr) => self.expr(expr),
            PatternKind::Object(object) => self.object_pattern(pattern.span, object).finish(self),
            PatternKind::Array(array) => self.array_pattern(pattern.span, array).finish(self),
        }
    }

    fn object_pattern(&self, span: Span, object: &'t ObjectPattern<'a>) -> Node<'t, 'a> {
        let properties = object
            .properties
            .iter()
            .map(|property| self.pattern_property(property).parts());
        let rest = object.rest.map(|rest| rest_node(rest).parts());
        Node::new("ObjectPattern", span).parts_list("properties", properties.chain(rest))
    }

    fn pattern_property(&self, property: &'t PatternProperty<'a>) -> Node<'t, 'a> {
        self.key(Node::new("Property", property.span), &property.key)
            .element("value", &property.element)
            .bool("shorthand", property.shorthand)
            .string("kind", "init")
    }

    fn array_pattern(&self, span: Span, array: &'t ArrayPattern<'a>) -> Node<'t, 'a> {
        let elements = array.elements.iter().map(|element| {
            vec![match element {
                Some(element) => Part::Element(element),
                None => Part::Text("null"),
            }]
        });
        let rest = array.rest.map(|rest| rest_node(rest).parts());
        Node::new("ArrayPattern", span).parts_list("elements", elements.chain(rest))
    }

    pub(super) fn element(&mut self, element: &'t PatternElement<'a>) {
        match element.default {
            None => self.pattern(&element.pattern),
            Some(default) => Node::new("AssignmentPattern", element.span)
                .pattern("left", &element.pattern)
                .expr("right", default)
                .finish(self),
        }
    }

    pub(super) fn function(&mut self, function: &'t Function<'a>, kind: &'static str) {
        self.function_node(function, kind).finish(self);
    }

    fn function_node(&self, function: &'t Function<'a>, kind: &'static str) -> Node<'t, 'a> {
        let mut node = Node::new(kind, function.span);
        node = match &function.name {
            Some(name) => node.variable("id", name, self),
            None => node.null("id"),
        };
        let parameters = function
            .parameters
            .iter()
            .map(|parameter| vec![Part::Element(parameter)]);
        let rest = function.rest.map(|rest| rest_node(rest).parts());
        node = node
            .bool("async", function.flags.is_async())
            .bool("generator", function.flags.is_generator())
            .parts_list("params", parameters.chain(rest));
        match &function.body {
            FunctionBody::Expr(expr) => node.bool("expression", true).expr("body", expr),
            FunctionBody::Block(body) => node.bool("expression", false).node(
                "body",
                Node::new("BlockStatement", function.body_span).stmts("body", body),
            ),
        }
    }

    pub(super) fn class(&mut self, class: &'t Class<'a>, kind: &'static str) {
        self.class_node(class, kind).finish(self);
    }

    fn class_node(&self, class: &'t Class<'a>, kind: &'static str) -> Node<'t, 'a> {
        let mut node = Node::new(kind, class.span);
        node = match &class.name {
            Some(name) => node.variable("id", name, self),
            None => node.null("id"),
        };
        let constructor = class.constructor.map(|function| {
            let key = Span::new(function.span.start, function.span.start);
            Node::new("MethodDefinition", function.span)
                .identifier("key", crate::names::Name::CONSTRUCTOR, key)
                .string("kind", "constructor")
                .bool("static", false)
                .function("value", function, "FunctionExpression")
        });
        let members = class.members.iter().map(|member| self.member(member));
        node.decorators(class.decorators)
            .maybe_expr("superClass", class.heritage)
            .node(
                "body",
                Node::new("ClassBody", class.body_span)
                    .nodes("body", constructor.into_iter().chain(members)),
            )
    }

    fn member(&self, member: &'t ClassMember<'a>) -> Node<'t, 'a> {
        self.member_node(member).decorators(member.decorators)
    }

    fn member_node(&self, member: &'t ClassMember<'a>) -> Node<'t, 'a> {
        match &member.kind {
            ClassMemberKind::Method { key, function } => {
                let kind = if function.flags.is_getter() {
                    "get"
                } else if function.flags.is_setter() {
                    "set"
                } else {
                    "method"
                };
                self.key(Node::new("MethodDefinition", member.span), key)
                    .string("kind", kind)
                    .bool("static", member.is_static)
                    .function("value", function, "FunctionExpression")
            }
            ClassMemberKind::Field {
                key,
                value,
                storage,
                ..
            } => self
                .key(
                    Node::new(
                        match storage {
                            Some(_) => "AccessorProperty",
                            None => "PropertyDefinition",
                        },
                        member.span,
                    ),
                    key,
                )
                .bool("static", member.is_static)
                .maybe_expr("value", *value),
            ClassMemberKind::StaticBlock { body, .. } => {
                Node::new("StaticBlock", member.span).stmts("body", body)
            }
        }
    }
}

impl<'t, 'a> Node<'t, 'a> {
    /// The decorators, when there are any: trees of programs without them stay plain ESTree.
    fn decorators(self, list: &'t [Decorator<'a>]) -> Self {
        if list.is_empty() {
            return self;
        }
        self.nodes(
            "decorators",
            list.iter().map(|decorator| {
                Node::new("Decorator", decorator.span).expr("expression", decorator.expr)
            }),
        )
    }

    fn node_raw(self, pattern: crate::ast::Name, flags: crate::ast::Name) -> Self {
        self.name("pattern", pattern).name("flags", flags)
    }

    fn exprs_or_null(self, key: &'static str, list: &'t [Expr<'a>]) -> Self {
        self.parts_list(
            key,
            list.iter().map(|expr| {
                vec![match expr.kind {
                    ExprKind::Hole => Part::Text("null"),
                    _ => Part::Expr(expr),
                }]
            }),
        )
    }
}

fn rest_node<'t, 'a>(pattern: &'t Pattern<'a>) -> Node<'t, 'a> {
    Node::new("RestElement", pattern.span).pattern("argument", pattern)
}

fn meta<'t, 'a>(span: Span, object: &str, property: &str) -> Node<'t, 'a> {
    Node::new("MetaProperty", span)
        .string("meta", object)
        .string("property", property)
}

fn json_number(value: f64) -> String {
    if value.is_finite() {
        value.to_string()
    } else {
        String::from("null")
    }
}
