//! The tree as JavaScript again: one statement a line, parentheses only where precedence or the grammar's lookaheads ask for them.
//!
//! Printing what was printed gives the same text, and the same tree but for positions and redundant parentheses: a random
//! program that does not survive this shows an error of the parser or of the printer. Written with an explicit stack of pending
//! parts, so that no source is too deep.

mod expr;
mod function;
mod level;
mod module;
mod stmt;
mod text;

use crate::Parsed;
use crate::ast::{Block, Class, Expr, Function, Name, Pattern, PatternElement, Stmt};

/// Deeper statements are not indented further, so that the text stays linear in the source.
const MAX_INDENT: usize = 32;

/// The program as JavaScript, in WTF-8 as the source was.
pub fn print_program(parsed: &Parsed<'_>) -> Vec<u8> {
    let mut printer = Printer {
        parsed,
        out: Vec::new(),
        pending: Vec::new(),
        indent: 0,
    };
    for stmt in parsed.program.body.iter().rev() {
        printer.pending.extend([Part::Line, Part::Stmt(stmt)]);
    }
    while let Some(part) = printer.pending.pop() {
        printer.part(part);
    }
    printer.out
}

/// A part still to be printed.
#[derive(Clone)]
enum Part<'t, 'a> {
    /// A token, kept apart from the one before where they would become one.
    Text(&'static str),
    /// A token that was made.
    Owned(Vec<u8>),
    /// A name as it is: identifiers, raw templates.
    Name(Name),
    /// An expression, in parentheses if its level is below that given; `no_in` where `in` would be taken for that of a loop.
    Expr {
        expr: &'t Expr<'a>,
        level: u8,
        no_in: bool,
    },
    Stmt(&'t Stmt<'a>),
    /// A statement after `if (…)`, `else`, …: on a line of its own unless a block.
    Body(&'t Stmt<'a>),
    Block(&'t Block<'a>),
    Pattern(&'t Pattern<'a>),
    Element(&'t PatternElement<'a>),
    Function(&'t Function<'a>),
    Class(&'t Class<'a>),
    /// Statements between braces.
    Braced(&'t [Stmt<'a>]),
    Line,
    Indent,
    Dedent,
}

struct Printer<'t, 'a> {
    parsed: &'t Parsed<'a>,
    out: Vec<u8>,
    pending: Vec<Part<'t, 'a>>,
    indent: usize,
}

/// Parts in the order of the text.
type Parts<'t, 'a> = Vec<Part<'t, 'a>>;

impl<'t, 'a> Printer<'t, 'a> {
    /// Prints these parts next.
    fn push(&mut self, parts: Parts<'t, 'a>) {
        self.pending.extend(parts.into_iter().rev());
    }

    fn part(&mut self, part: Part<'t, 'a>) {
        match part {
            Part::Text(text) => self.token(text.as_bytes()),
            Part::Owned(text) => self.token(&text),
            Part::Name(name) => self.token(self.parsed.names.bytes(name)),
            Part::Expr { expr, level, no_in } => self.expr(expr, level, no_in),
            Part::Stmt(stmt) => self.stmt(stmt),
            Part::Body(stmt) => self.body(stmt),
            Part::Block(block) => self.push(vec![Part::Braced(block.body)]),
            Part::Pattern(pattern) => self.pattern(pattern),
            Part::Element(element) => self.element(element),
            Part::Function(function) => self.function(function),
            Part::Class(class) => self.class(class),
            Part::Braced(list) => self.braced(list),
            Part::Line => self.line(),
            Part::Indent => self.indent += 1,
            Part::Dedent => self.indent -= 1,
        }
    }

    fn line(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
        for _ in 0..self.indent.min(MAX_INDENT) {
            self.out.extend(b"  ");
        }
    }

    /// Appends a token, after a space if it would grow together with the text before it.
    fn token(&mut self, text: &[u8]) {
        if let (Some(&last), Some(&first)) = (self.out.last(), text.first())
            && grow_together(last, first)
        {
            self.out.push(b' ');
        }
        self.out.extend(text);
    }

    fn braced(&mut self, list: &'t [Stmt<'a>]) {
        if list.is_empty() {
            return self.push(vec![Part::Text("{"), Part::Text("}")]);
        }
        let mut parts = vec![Part::Text("{"), Part::Indent];
        for stmt in list {
            parts.extend([Part::Line, Part::Stmt(stmt)]);
        }
        parts.extend([Part::Dedent, Part::Line, Part::Text("}")]);
        self.push(parts);
    }
}

/// Whether two tokens that touch with these bytes would be one, or a comment.
fn grow_together(last: u8, first: u8) -> bool {
    let in_word = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'\\' | 0x80..)
    };
    (in_word(last) && in_word(first))
        || (last == first && matches!(first, b'+' | b'-' | b'/'))
        || (last == b'/' && first == b'*')
}

/// `parts` of all items with `separator` between.
fn separated<'t, 'a, T>(
    items: impl IntoIterator<Item = T>,
    separator: &'static str,
    mut part: impl FnMut(T) -> Parts<'t, 'a>,
) -> Parts<'t, 'a> {
    let mut parts = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            parts.push(Part::Text(separator));
        }
        parts.extend(part(item));
    }
    parts
}
