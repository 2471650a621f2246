//! Statements.

use super::expr::at;
use super::level::{self, Start};
use super::{Part, Parts, Printer, separated};
use crate::ast::{
    Block, Expr, For, ForIn, ForInKind, ForInit, ForTarget, If, Name, Pattern, PatternKind, Stmt,
    StmtKind, Switch, Try, VarDeclaration, VarKind, Word,
};

impl<'t, 'a> Printer<'t, 'a> {
    pub(super) fn stmt(&mut self, stmt: &'t Stmt<'a>) {
        let parts = self.stmt_parts(stmt);
        self.push(parts);
    }

    /// A statement in another one: a block on the same line, others on the next.
    pub(super) fn body(&mut self, stmt: &'t Stmt<'a>) {
        match stmt.kind {
            StmtKind::Block(_) => self.push(vec![Part::Text(" "), Part::Stmt(stmt)]),
            _ => self.push(vec![
                Part::Indent,
                Part::Line,
                Part::Stmt(stmt),
                Part::Dedent,
            ]),
        }
    }

    fn stmt_parts(&self, stmt: &'t Stmt<'a>) -> Parts<'t, 'a> {
        match &stmt.kind {
            StmtKind::Empty => vec![Part::Text(";")],
            StmtKind::Debugger => vec![Part::Text("debugger;")],
            StmtKind::Expr(expr) => expr_statement(expr),
            // Its escapes decide whether it is "use strict".
            StmtKind::Directive(expr) => {
                let raw = expr.span.slice(self.parsed.source).to_vec();
                vec![Part::Owned(raw), Part::Text(";")]
            }
            StmtKind::Var(declaration) => {
                let mut parts = declaration_parts(declaration, false);
                parts.push(Part::Text(";"));
                parts
            }
            StmtKind::Function(declaration) => vec![Part::Function(declaration.function)],
            StmtKind::Class(declaration) => vec![Part::Class(declaration.class)],
            StmtKind::Block(block) => vec![Part::Block(block)],
            StmtKind::If(statement) => if_parts(statement),
            StmtKind::For(statement) => for_parts(statement),
            StmtKind::ForIn(statement) => for_in_parts(statement),
            StmtKind::While { test, body } => {
                let mut parts = head("while (", test);
                parts.push(Part::Body(body));
                parts
            }
            StmtKind::DoWhile { body, test } => {
                let mut parts = vec![Part::Text("do"), Part::Body(body), after_body(body)];
                parts.extend(head("while (", test));
                parts.push(Part::Text(";"));
                parts
            }
            StmtKind::Continue(label) => jump("continue", label),
            StmtKind::Break(label) => jump("break", label),
            StmtKind::Return(None) => vec![Part::Text("return;")],
            StmtKind::Return(Some(expr)) => keyword("return ", expr),
            StmtKind::Throw(expr) => keyword("throw ", expr),
            StmtKind::Labeled { label, body } => {
                vec![Part::Name(label.name), Part::Text(": "), Part::Stmt(body)]
            }
            StmtKind::With(statement) => {
                let mut parts = head("with (", &statement.object);
                parts.push(Part::Body(&statement.body));
                parts
            }
            StmtKind::Switch(statement) => switch_parts(statement),
            StmtKind::Try(statement) => try_parts(statement),
            StmtKind::Import(import) => self.import(import),
            StmtKind::ExportNamed(export) => self.export_named(export),
            StmtKind::ExportDefault(export) => self.export_default(export),
            StmtKind::ExportAll(export) => self.export_all(export),
        }
    }
}

fn expr_statement<'t, 'a>(expr: &'t Expr<'a>) -> Parts<'t, 'a> {
    let wrapped = match level::start_of(expr) {
        Start::Brace | Start::Function | Start::Class | Start::LetBracket | Start::String => true,
        Start::Let | Start::Other => false,
    };
    let mut parts = wrap(expr, wrapped, false);
    parts.push(Part::Text(";"));
    parts
}

fn wrap<'t, 'a>(expr: &'t Expr<'a>, wrapped: bool, no_in: bool) -> Parts<'t, 'a> {
    let part = Part::Expr {
        expr,
        level: level::SEQUENCE,
        no_in: no_in && !wrapped,
    };
    if wrapped {
        vec![Part::Text("("), part, Part::Text(")")]
    } else {
        vec![part]
    }
}

fn head<'t, 'a>(text: &'static str, expr: &'t Expr<'a>) -> Parts<'t, 'a> {
    vec![Part::Text(text), at(expr, level::SEQUENCE), Part::Text(")")]
}

fn keyword<'t, 'a>(text: &'static str, expr: &'t Expr<'a>) -> Parts<'t, 'a> {
    vec![Part::Text(text), at(expr, level::SEQUENCE), Part::Text(";")]
}

fn jump<'t, 'a>(text: &'static str, label: &Option<Word>) -> Parts<'t, 'a> {
    let mut parts = vec![Part::Text(text)];
    if let Some(label) = label {
        parts.extend([Part::Text(" "), Part::Name(label.name)]);
    }
    parts.push(Part::Text(";"));
    parts
}

/// What stands between a body and the keyword after it.
fn after_body<'t, 'a>(body: &Stmt<'a>) -> Part<'t, 'a> {
    match body.kind {
        StmtKind::Block(_) => Part::Text(" "),
        _ => Part::Line,
    }
}

fn declaration_parts<'t, 'a>(declaration: &'t VarDeclaration<'a>, no_in: bool) -> Parts<'t, 'a> {
    let mut parts = vec![Part::Text(declaration.kind.text()), Part::Text(" ")];
    parts.extend(separated(declaration.declarators, ", ", |declarator| {
        let mut parts = vec![Part::Pattern(&declarator.pattern)];
        if let Some(expr) = declarator.init {
            let level = level::ASSIGN;
            parts.extend([Part::Text(" = "), Part::Expr { expr, level, no_in }]);
        }
        parts
    }));
    parts
}

/// `else if` spines can be deep: one link at a time, the rest as a statement.
fn if_parts<'t, 'a>(statement: &'t If<'a>) -> Parts<'t, 'a> {
    let mut parts = head("if (", &statement.test);
    parts.push(Part::Body(&statement.consequent));
    if let Some(alternate) = &statement.alternate {
        parts.extend([after_body(&statement.consequent), Part::Text("else")]);
        if let StmtKind::If(_) = alternate.kind {
            parts.extend([Part::Text(" "), Part::Stmt(alternate)]);
        } else {
            parts.push(Part::Body(alternate));
        }
    }
    parts
}

fn for_parts<'t, 'a>(statement: &'t For<'a>) -> Parts<'t, 'a> {
    let mut parts = vec![Part::Text("for (")];
    match &statement.init {
        Some(ForInit::Var(declaration)) => parts.extend(declaration_parts(declaration, true)),
        Some(ForInit::Expr(expr)) => {
            let start = level::start_of(expr);
            let wrapped = matches!(start, Start::Let | Start::LetBracket);
            parts.extend(wrap(expr, wrapped, true));
        }
        None => {}
    }
    for expr in [&statement.test, &statement.update] {
        parts.push(Part::Text(";"));
        if let Some(expr) = expr {
            parts.extend([Part::Text(" "), at(expr, level::SEQUENCE)]);
        }
    }
    parts.extend([Part::Text(")"), Part::Body(&statement.body)]);
    parts
}

fn for_in_parts<'t, 'a>(statement: &'t ForIn<'a>) -> Parts<'t, 'a> {
    let (head, operator, right) = match statement.kind {
        ForInKind::In => ("for (", " in ", level::SEQUENCE),
        ForInKind::Of => ("for (", " of ", level::ASSIGN),
        ForInKind::AwaitOf => ("for await (", " of ", level::ASSIGN),
    };
    let mut parts = vec![Part::Text(head)];
    match &statement.target {
        ForTarget::Declaration {
            kind,
            pattern,
            init,
        } => {
            parts.extend([Part::Text(kind_text(*kind)), Part::Pattern(pattern)]);
            if let Some(expr) = init {
                parts.extend([
                    Part::Text(" = "),
                    Part::Expr {
                        expr,
                        level: level::ASSIGN,
                        no_in: true,
                    },
                ]);
            }
        }
        ForTarget::Pattern(pattern) if starts_like_a_keyword(pattern) => {
            parts.extend([Part::Text("("), Part::Pattern(pattern), Part::Text(")")]);
        }
        ForTarget::Pattern(pattern) => parts.push(Part::Pattern(pattern)),
    }
    parts.extend([
        Part::Text(operator),
        at(&statement.right, right),
        Part::Text(")"),
        Part::Body(&statement.body),
    ]);
    parts
}

fn kind_text(kind: VarKind) -> &'static str {
    match kind {
        VarKind::Var => "var ",
        VarKind::Let => "let ",
        VarKind::Const => "const ",
        VarKind::Using => "using ",
        VarKind::AwaitUsing => "await using ",
    }
}

/// A target that without parentheses would read as `let …` or `async of`.
fn starts_like_a_keyword(pattern: &Pattern<'_>) -> bool {
    match &pattern.kind {
        // With other spans it has its parentheses already.
        PatternKind::Ident(ident) => {
            matches!(ident.name, Name::LET | Name::ASYNC) && pattern.span == ident.span
        }
        PatternKind::Expr(expr) => {
            matches!(level::start_of(expr), Start::Let | Start::LetBracket)
        }
        _ => false,
    }
}

fn switch_parts<'t, 'a>(statement: &'t Switch<'a>) -> Parts<'t, 'a> {
    let mut parts = head("switch (", &statement.discriminant);
    parts.push(Part::Text(" {"));
    for case in statement.cases {
        parts.push(Part::Line);
        match &case.test {
            Some(test) => parts.extend([
                Part::Text("case "),
                at(test, level::SEQUENCE),
                Part::Text(":"),
            ]),
            None => parts.push(Part::Text("default:")),
        }
        parts.push(Part::Indent);
        for stmt in case.body {
            parts.extend([Part::Line, Part::Stmt(stmt)]);
        }
        parts.push(Part::Dedent);
    }
    parts.extend([Part::Line, Part::Text("}")]);
    parts
}

fn try_parts<'t, 'a>(statement: &'t Try<'a>) -> Parts<'t, 'a> {
    fn block<'t, 'a>(block: &'t Block<'a>) -> Part<'t, 'a> {
        Part::Block(block)
    }
    let mut parts = vec![Part::Text("try "), block(&statement.block)];
    if let Some(handler) = &statement.handler {
        parts.push(Part::Text(" catch "));
        if let Some(parameter) = &handler.parameter {
            parts.extend([Part::Text("("), Part::Pattern(parameter), Part::Text(") ")]);
        }
        parts.push(block(&handler.body));
    }
    if let Some(finalizer) = &statement.finalizer {
        parts.extend([Part::Text(" finally "), block(finalizer)]);
    }
    parts
}
