//! `--print-ast`: the tree as ESTree-shaped JSON on one line, with `start`/`end` byte offsets; identifiers that resolve to
//! a binding of the source have its number as `binding`, those looked up by name at run time have `dynamic`.
//!
//! Written with an explicit stack of pending parts, so that no source is too deep.

use super::push_json_string;
use crate::Parsed;
use crate::ast::{
    Class, Expr, Function, Ident, Name, Pattern, PatternElement, Program, RefId, Span, Stmt,
};
use std::fmt::Write;

/// A part still to be written.
pub(super) enum Part<'t, 'a> {
    Text(&'static str),
    Owned(String),
    Name(Name),
    Expr(&'t Expr<'a>),
    Stmt(&'t Stmt<'a>),
    Pattern(&'t Pattern<'a>),
    Element(&'t PatternElement<'a>),
    Function(&'t Function<'a>, &'static str),
    Class(&'t Class<'a>, &'static str),
}

pub(super) struct Writer<'t, 'a> {
    pub parsed: &'t Parsed<'a>,
    out: String,
    pending: Vec<Part<'t, 'a>>,
}

/// The program as ESTree JSON.
pub fn to_estree_json(parsed: &Parsed<'_>) -> String {
    let mut writer = Writer {
        parsed,
        out: String::new(),
        pending: Vec::new(),
    };
    writer.program(parsed.program);
    while let Some(part) = writer.pending.pop() {
        writer.part(part);
    }
    writer.out
}

impl<'t, 'a> Writer<'t, 'a> {
    fn program(&mut self, program: &'t Program<'a>) {
        let kind = if program.module.is_some() {
            "module"
        } else {
            "script"
        };
        Node::new("Program", program.span)
            .string("sourceType", kind)
            .stmts("body", program.body)
            .finish(self);
    }

    fn part(&mut self, part: Part<'t, 'a>) {
        match part {
            Part::Text(text) => self.out.push_str(text),
            Part::Owned(text) => self.out.push_str(&text),
            Part::Name(name) => push_json_string(&mut self.out, self.parsed.names.bytes(name)),
            Part::Expr(expr) => self.expr(expr),
            Part::Stmt(stmt) => self.stmt(stmt),
            Part::Pattern(pattern) => self.pattern(pattern),
            Part::Element(element) => self.element(element),
            Part::Function(function, kind) => self.function(function, kind),
            Part::Class(class, kind) => self.class(class, kind),
        }
    }
}

/// A node under construction: its parts in order.
pub(super) struct Node<'t, 'a> {
    parts: Vec<Part<'t, 'a>>,
}

impl<'t, 'a> Node<'t, 'a> {
    pub fn new(kind: &'static str, span: Span) -> Self {
        let mut head = String::new();
        let _ = write!(
            head,
            "{{\"type\":\"{kind}\",\"start\":{},\"end\":{}",
            span.start, span.end
        );
        Node {
            parts: vec![Part::Owned(head)],
        }
    }

    fn key(&mut self, key: &'static str) {
        self.parts.push(Part::Owned(format!(",\"{key}\":")));
    }

    fn with(mut self, key: &'static str, part: Part<'t, 'a>) -> Self {
        self.key(key);
        self.parts.push(part);
        self
    }

    pub fn string(self, key: &'static str, value: &str) -> Self {
        self.with(key, Part::Owned(format!("\"{value}\"")))
    }

    pub fn bool(self, key: &'static str, value: bool) -> Self {
        self.with(key, Part::Text(if value { "true" } else { "false" }))
    }

    pub fn null(self, key: &'static str) -> Self {
        self.with(key, Part::Text("null"))
    }

    pub fn raw(self, key: &'static str, value: String) -> Self {
        self.with(key, Part::Owned(value))
    }

    pub fn name(self, key: &'static str, value: Name) -> Self {
        self.with(key, Part::Name(value))
    }

    pub fn expr(self, key: &'static str, value: &'t Expr<'a>) -> Self {
        self.with(key, Part::Expr(value))
    }

    pub fn maybe_expr(self, key: &'static str, value: Option<&'t Expr<'a>>) -> Self {
        self.with(key, value.map_or(Part::Text("null"), Part::Expr))
    }

    pub fn pattern(self, key: &'static str, value: &'t Pattern<'a>) -> Self {
        self.with(key, Part::Pattern(value))
    }

    pub fn element(self, key: &'static str, value: &'t PatternElement<'a>) -> Self {
        self.with(key, Part::Element(value))
    }

    pub fn stmt(self, key: &'static str, value: &'t Stmt<'a>) -> Self {
        self.with(key, Part::Stmt(value))
    }

    pub fn maybe_stmt(self, key: &'static str, value: Option<&'t Stmt<'a>>) -> Self {
        self.with(key, value.map_or(Part::Text("null"), Part::Stmt))
    }

    pub fn function(self, key: &'static str, value: &'t Function<'a>, kind: &'static str) -> Self {
        self.with(key, Part::Function(value, kind))
    }

    pub fn class(self, key: &'static str, value: &'t Class<'a>, kind: &'static str) -> Self {
        self.with(key, Part::Class(value, kind))
    }

    /// An identifier node.
    pub fn identifier(self, key: &'static str, name: Name, span: Span) -> Self {
        self.node(key, Node::new("Identifier", span).name("name", name))
    }

    /// An identifier node that stands for a variable.
    pub fn variable(self, key: &'static str, ident: &Ident, writer: &Writer<'t, 'a>) -> Self {
        let node = Node::new("Identifier", ident.span).name("name", ident.name);
        self.node(key, node.resolution(ident.reference, writer))
    }

    /// What an identifier resolves to.
    pub fn resolution(self, reference: RefId, writer: &Writer<'t, 'a>) -> Self {
        let resolution = writer.parsed.resolve(reference);
        let node = match resolution.binding {
            Some(binding) => self.raw("binding", binding.0.to_string()),
            None => self,
        };
        if resolution.dynamic {
            node.bool("dynamic", true)
        } else {
            node
        }
    }

    pub fn node(mut self, key: &'static str, node: Node<'t, 'a>) -> Self {
        self.key(key);
        self.parts.extend(node.parts);
        self.parts.push(Part::Text("}"));
        self
    }

    pub fn stmts(self, key: &'static str, list: &'t [Stmt<'a>]) -> Self {
        self.parts_list(key, list.iter().map(|stmt| vec![Part::Stmt(stmt)]))
    }

    pub fn exprs(self, key: &'static str, list: &'t [Expr<'a>]) -> Self {
        self.parts_list(key, list.iter().map(|expr| vec![Part::Expr(expr)]))
    }

    pub fn nodes(self, key: &'static str, list: impl IntoIterator<Item = Node<'t, 'a>>) -> Self {
        self.parts_list(
            key,
            list.into_iter().map(|node| {
                let mut parts = node.parts;
                parts.push(Part::Text("}"));
                parts
            }),
        )
    }

    pub fn parts_list(
        mut self,
        key: &'static str,
        list: impl IntoIterator<Item = Vec<Part<'t, 'a>>>,
    ) -> Self {
        self.key(key);
        self.parts.push(Part::Text("["));
        for (index, parts) in list.into_iter().enumerate() {
            if index > 0 {
                self.parts.push(Part::Text(","));
            }
            self.parts.extend(parts);
        }
        self.parts.push(Part::Text("]"));
        self
    }

    /// The parts, closed.
    pub fn parts(mut self) -> Vec<Part<'t, 'a>> {
        self.parts.push(Part::Text("}"));
        self.parts
    }

    /// Hands the node to the writer.
    pub fn finish(mut self, writer: &mut Writer<'t, 'a>) {
        self.parts.push(Part::Text("}"));
        writer.pending.extend(self.parts.into_iter().rev());
    }
}
