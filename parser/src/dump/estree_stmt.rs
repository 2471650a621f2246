//! Statements, declarations and module items as ESTree nodes.

use super::estree::{Node, Writer};
use crate::ast::{
    Block, Case, ExportDefaultKind, ForInKind, ForInit, ForTarget, ImportAttribute, ImportName,
    ImportPhase, ImportSpecifier, Stmt, StmtKind, Try, VarDeclaration, Word,
};

impl<'t, 'a> Writer<'t, 'a> {
    pub(super) fn stmt(&mut self, stmt: &'t Stmt<'a>) {
        match &stmt.kind {
            StmtKind::Function(declaration) => {
                self.function(declaration.function, "FunctionDeclaration");
            }
            StmtKind::Class(declaration) => self.class(declaration.class, "ClassDeclaration"),
            _ => self.stmt_node(stmt).finish(self),
        }
    }

    fn stmt_node(&self, stmt: &'t Stmt<'a>) -> Node<'t, 'a> {
        let node = |kind| Node::new(kind, stmt.span);
        match &stmt.kind {
            StmtKind::Empty => node("EmptyStatement"),
            StmtKind::Debugger => node("DebuggerStatement"),
            StmtKind::Expr(expr) => node("ExpressionStatement").expr("expression", expr),
            StmtKind::Directive(expr) => {
                let inner = expr.span.slice(self.parsed.source);
                let inner = inner.get(1..inner.len().saturating_sub(1)).unwrap_or(&[]);
                let mut raw = String::new();
                super::push_json_string(&mut raw, inner);
                node("ExpressionStatement")
                    .expr("expression", expr)
                    .raw("directive", raw)
            }
            StmtKind::Var(declaration) => self.variables(declaration),
            StmtKind::Block(block) => self.block(block),
            StmtKind::If(branch) => node("IfStatement")
                .expr("test", &branch.test)
                .stmt("consequent", &branch.consequent)
                .maybe_stmt("alternate", branch.alternate.as_ref()),
            StmtKind::While { test, body } => {
                node("WhileStatement").expr("test", test).stmt("body", body)
            }
            StmtKind::DoWhile { body, test } => node("DoWhileStatement")
                .stmt("body", body)
                .expr("test", test),
            StmtKind::Continue(label) => label_node(node("ContinueStatement"), label),
            StmtKind::Break(label) => label_node(node("BreakStatement"), label),
            StmtKind::Return(value) => node("ReturnStatement").maybe_expr("argument", *value),
            StmtKind::Throw(value) => node("ThrowStatement").expr("argument", value),
            StmtKind::Labeled { label, body } => node("LabeledStatement")
                .identifier("label", label.name, label.span)
                .stmt("body", body),
            StmtKind::With(with) => node("WithStatement")
                .expr("object", &with.object)
                .stmt("body", &with.body),
            StmtKind::Switch(switch) => node("SwitchStatement")
                .expr("discriminant", &switch.discriminant)
                .nodes("cases", switch.cases.iter().map(case)),
            StmtKind::Try(statement) => self.try_node(stmt, statement),
            StmtKind::For(_) | StmtKind::ForIn(_) => self.loop_node(stmt),
            _ => self.module_node(stmt),
        }
    }

    fn loop_node(&self, stmt: &'t Stmt<'a>) -> Node<'t, 'a> {
        let node = |kind| Node::new(kind, stmt.span);
        match &stmt.kind {
            StmtKind::For(statement) => {
                let head = node("ForStatement");
                let head = match &statement.init {
                    None => head.null("init"),
                    Some(ForInit::Expr(expr)) => head.expr("init", expr),
                    Some(ForInit::Var(declaration)) => {
                        head.node("init", self.variables(declaration))
                    }
                };
                head.maybe_expr("test", statement.test.as_ref())
                    .maybe_expr("update", statement.update.as_ref())
                    .stmt("body", &statement.body)
            }
            StmtKind::ForIn(statement) => {
                let head = match statement.kind {
                    ForInKind::In => node("ForInStatement"),
                    ForInKind::Of => node("ForOfStatement").bool("await", false),
                    ForInKind::AwaitOf => node("ForOfStatement").bool("await", true),
                };
                let head = match &statement.target {
                    ForTarget::Pattern(pattern) => head.pattern("left", pattern),
                    ForTarget::Declaration {
                        kind,
                        pattern,
                        init,
                    } => {
                        let declarator = Node::new("VariableDeclarator", pattern.span)
                            .pattern("id", pattern)
                            .maybe_expr("init", *init);
                        head.node(
                            "left",
                            Node::new("VariableDeclaration", pattern.span)
                                .string("kind", kind.text())
                                .nodes("declarations", [declarator]),
                        )
                    }
                };
                head.expr("right", &statement.right)
                    .stmt("body", &statement.body)
            }
            _ => node("Unknown"),
        }
    }

    fn variables(&self, declaration: &'t VarDeclaration<'a>) -> Node<'t, 'a> {
        let declarators = declaration.declarators.iter().map(|declarator| {
            Node::new("VariableDeclarator", declarator.span)
                .pattern("id", &declarator.pattern)
                .maybe_expr("init", declarator.init)
        });
        Node::new("VariableDeclaration", declaration.span)
            .string("kind", declaration.kind.text())
            .nodes("declarations", declarators)
    }

    fn block(&self, block: &'t Block<'a>) -> Node<'t, 'a> {
        Node::new("BlockStatement", block.span).stmts("body", block.body)
    }

    fn try_node(&self, stmt: &'t Stmt<'a>, statement: &'t Try<'a>) -> Node<'t, 'a> {
        let mut node =
            Node::new("TryStatement", stmt.span).node("block", self.block(&statement.block));
        node = match &statement.handler {
            None => node.null("handler"),
            Some(handler) => {
                let clause = Node::new("CatchClause", handler.span);
                let clause = match &handler.parameter {
                    Some(pattern) => clause.pattern("param", pattern),
                    None => clause.null("param"),
                };
                node.node("handler", clause.node("body", self.block(&handler.body)))
            }
        };
        match &statement.finalizer {
            None => node.null("finalizer"),
            Some(block) => node.node("finalizer", self.block(block)),
        }
    }

    fn import_node(&self, specifier: &ImportSpecifier) -> Node<'t, 'a> {
        let local = |node: Node<'t, 'a>| node.variable("local", &specifier.local, self);
        match specifier.imported {
            ImportName::Namespace => local(Node::new("ImportNamespaceSpecifier", specifier.span)),
            ImportName::Source => local(Node::new("ImportDefaultSpecifier", specifier.span)),
            ImportName::Name(crate::names::Name::DEFAULT)
                if specifier.span == specifier.local.span =>
            {
                local(Node::new("ImportDefaultSpecifier", specifier.span))
            }
            ImportName::Name(name) => {
                let imported = Node::new("Identifier", specifier.span).name("name", name);
                local(Node::new("ImportSpecifier", specifier.span).node("imported", imported))
            }
        }
    }

    fn module_node(&self, stmt: &'t Stmt<'a>) -> Node<'t, 'a> {
        let node = |kind| Node::new(kind, stmt.span);
        match &stmt.kind {
            StmtKind::Import(import) => {
                let head = node("ImportDeclaration");
                let head = match import.phase {
                    ImportPhase::Evaluation => head,
                    ImportPhase::Defer => head.string("phase", "defer"),
                    ImportPhase::Source => head.string("phase", "source"),
                };
                let head = head.nodes(
                    "specifiers",
                    import.specifiers.iter().map(|item| self.import_node(item)),
                );
                attributes(
                    head.node("source", word_literal(&import.source)),
                    import.attributes,
                )
            }
            StmtKind::ExportNamed(export) => {
                let head = node("ExportNamedDeclaration")
                    .maybe_stmt("declaration", export.declaration.as_ref())
                    .nodes(
                        "specifiers",
                        export.specifiers.iter().map(|specifier| {
                            Node::new("ExportSpecifier", specifier.span)
                                .node("local", word(&specifier.local))
                                .node("exported", word(&specifier.exported))
                        }),
                    );
                let head = match &export.request {
                    Some((_, source)) => head.node("source", word_literal(source)),
                    None => head.null("source"),
                };
                attributes(head, export.attributes)
            }
            StmtKind::ExportDefault(export) => {
                let head = node("ExportDefaultDeclaration");
                match &export.kind {
                    ExportDefaultKind::Expr(expr) => head.expr("declaration", expr),
                    ExportDefaultKind::Function(function) => {
                        head.function("declaration", function, "FunctionDeclaration")
                    }
                    ExportDefaultKind::Class(class) => {
                        head.class("declaration", class, "ClassDeclaration")
                    }
                }
            }
            StmtKind::ExportAll(export) => {
                let head = node("ExportAllDeclaration");
                let head = match &export.exported {
                    Some(name) => head.node("exported", word(name)),
                    None => head.null("exported"),
                };
                attributes(
                    head.node("source", word_literal(&export.source)),
                    export.attributes,
                )
            }
            _ => node("Unknown"),
        }
    }
}

fn case<'t, 'a>(case: &'t Case<'a>) -> Node<'t, 'a> {
    Node::new("SwitchCase", case.span)
        .maybe_expr("test", case.test.as_ref())
        .stmts("consequent", case.body)
}

fn label_node<'t, 'a>(node: Node<'t, 'a>, label: &Option<Word>) -> Node<'t, 'a> {
    match label {
        Some(label) => node.identifier("label", label.name, label.span),
        None => node.null("label"),
    }
}

fn word<'t, 'a>(word: &Word) -> Node<'t, 'a> {
    Node::new("Identifier", word.span).name("name", word.name)
}

fn word_literal<'t, 'a>(word: &Word) -> Node<'t, 'a> {
    Node::new("Literal", word.span).name("value", word.name)
}

fn attributes<'t, 'a>(node: Node<'t, 'a>, list: &[ImportAttribute]) -> Node<'t, 'a> {
    node.nodes(
        "attributes",
        list.iter().map(|attribute| {
            Node::new(
                "ImportAttribute",
                attribute.key.span.to(attribute.value.span),
            )
            .node("key", word(&attribute.key))
            .node("value", word_literal(&attribute.value))
        }),
    )
}
