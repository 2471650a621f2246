//! Statements and declarations.

use super::{
    Class, ExportAll, ExportDefault, ExportNamed, Expr, Function, Ident, Import, Pattern, RefId,
    ScopeId, Span, Word,
};

/// A statement or declaration.
#[derive(Clone, Copy, Debug)]
pub struct Stmt<'a> {
    /// From the first to the last byte, with the semicolon if written.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind<'a>,
}

/// The kinds of statements. Scopes are `None` where the statement declares nothing that needs one.
#[derive(Clone, Copy, Debug)]
pub enum StmtKind<'a> {
    /// `;`
    Empty,
    /// `debugger;`
    Debugger,
    /// An expression statement.
    Expr(&'a Expr<'a>),
    /// A directive: an expression statement that is a string literal at the start of a body. The expression is its value, which
    /// also counts for completion values.
    Directive(&'a Expr<'a>),
    /// `var`, `let`, `const`, `using`, `await using`
    Var(&'a VarDeclaration<'a>),
    /// A function declaration: hoisted, does nothing here unless `annex_b`.
    Function(&'a FunctionDeclaration<'a>),
    /// A class declaration; `class.name` resolves to the inner binding, `binding` to the declared one.
    Class(&'a ClassDeclaration<'a>),
    /// `{ … }`
    Block(&'a Block<'a>),
    /// `if`. **`alternate` spines (`else if`) can be very deep.**
    If(&'a If<'a>),
    /// `for (;;)`
    For(&'a For<'a>),
    /// `for (… in …)`, `for (… of …)`, `for await (… of …)`
    ForIn(&'a ForIn<'a>),
    /// `while`
    While {
        /// The condition.
        test: &'a Expr<'a>,
        /// The body.
        body: &'a Stmt<'a>,
    },
    /// `do … while`
    DoWhile {
        /// The body.
        body: &'a Stmt<'a>,
        /// The condition.
        test: &'a Expr<'a>,
    },
    /// `continue`
    Continue(Option<Word>),
    /// `break`
    Break(Option<Word>),
    /// `return`
    Return(Option<&'a Expr<'a>>),
    /// `throw`
    Throw(&'a Expr<'a>),
    /// `label: body`
    Labeled {
        /// The label.
        label: Word,
        /// The body.
        body: &'a Stmt<'a>,
    },
    /// `with`
    With(&'a With<'a>),
    /// `switch`
    Switch(&'a Switch<'a>),
    /// `try`
    Try(&'a Try<'a>),
    /// `import …`
    Import(&'a Import<'a>),
    /// `export { … }`, `export { … } from`, `export var …` (with the declaration inside)
    ExportNamed(&'a ExportNamed<'a>),
    /// `export default`
    ExportDefault(&'a ExportDefault<'a>),
    /// `export * from`, `export * as x from`
    ExportAll(&'a ExportAll<'a>),
}

/// The kind of a variable declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VarKind {
    /// `var`
    Var,
    /// `let`
    Let,
    /// `const`
    Const,
    /// `using`
    Using,
    /// `await using`
    AwaitUsing,
}

impl VarKind {
    /// As written.
    pub fn text(self) -> &'static str {
        match self {
            VarKind::Var => "var",
            VarKind::Let => "let",
            VarKind::Const => "const",
            VarKind::Using => "using",
            VarKind::AwaitUsing => "await using",
        }
    }
}

/// A variable declaration.
#[derive(Clone, Copy, Debug)]
pub struct VarDeclaration<'a> {
    /// The whole declaration.
    pub span: Span,
    /// `var`, `let`, …
    pub kind: VarKind,
    /// At least one.
    pub declarators: &'a [Declarator<'a>],
}

/// `pattern = init`
#[derive(Clone, Copy, Debug)]
pub struct Declarator<'a> {
    /// Pattern and initializer.
    pub span: Span,
    /// What is declared.
    pub pattern: Pattern<'a>,
    /// The initializer. `let x;` without one initializes to undefined; `var x;` does nothing.
    pub init: Option<&'a Expr<'a>>,
}

/// A function declaration.
#[derive(Clone, Copy, Debug)]
pub struct FunctionDeclaration<'a> {
    /// The function. `function.name` is the declared name and resolves to the binding in the scope the declaration stands in.
    pub function: &'a Function<'a>,
    /// For functions in blocks of sloppy code that may also be a `var` of the function (Annex B.3.3): when
    /// [`crate::scope::Resolution::is_none`] is false for it, evaluating the declaration copies the block's binding to this
    /// one. For scripts and evals the runtime may still refuse to create the `var`; see [`crate::scope::Binding::annex_b`].
    pub annex_b: Option<RefId>,
}

/// A class declaration.
#[derive(Clone, Copy, Debug)]
pub struct ClassDeclaration<'a> {
    /// The binding declared in the surrounding scope.
    pub binding: Ident,
    /// The class.
    pub class: &'a Class<'a>,
}

/// `{ … }`
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// From `{` to `}`.
    pub span: Span,
    /// Its scope, if it declares anything.
    pub scope: Option<ScopeId>,
    /// The statements.
    pub body: &'a [Stmt<'a>],
}

/// `if`
#[derive(Clone, Copy, Debug)]
pub struct If<'a> {
    /// The condition.
    pub test: Expr<'a>,
    /// When true.
    pub consequent: Stmt<'a>,
    /// When false. A sloppy `if (x) function f(){}` is a `Block` around the declaration.
    pub alternate: Option<Stmt<'a>>,
}

/// `for (init; test; update) body`
#[derive(Clone, Copy, Debug)]
pub struct For<'a> {
    /// The scope of `let`/`const`/`using` in the head. `let` bindings are copied per iteration, which needs doing only when
    /// captured.
    pub scope: Option<ScopeId>,
    /// The head's first part.
    pub init: Option<ForInit<'a>>,
    /// The condition.
    pub test: Option<Expr<'a>>,
    /// After each iteration.
    pub update: Option<Expr<'a>>,
    /// The body.
    pub body: Stmt<'a>,
}

/// First part of a `for` head.
#[derive(Clone, Copy, Debug)]
pub enum ForInit<'a> {
    /// A declaration.
    Var(&'a VarDeclaration<'a>),
    /// An expression.
    Expr(Expr<'a>),
}

/// Which loop a [`ForIn`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ForInKind {
    /// `for (… in …)`
    In,
    /// `for (… of …)`
    Of,
    /// `for await (… of …)`
    AwaitOf,
}

/// `for (… in/of …) body`
#[derive(Clone, Copy, Debug)]
pub struct ForIn<'a> {
    /// Which loop.
    pub kind: ForInKind,
    /// The scope of `let`/`const`/`using` in the head: one per iteration, and also (all uninitialized) around `right`.
    pub scope: Option<ScopeId>,
    /// What is assigned or declared each time.
    pub target: ForTarget<'a>,
    /// What is iterated.
    pub right: Expr<'a>,
    /// The body.
    pub body: Stmt<'a>,
}

/// Left side of a `for-in`/`for-of` head.
#[derive(Clone, Copy, Debug)]
pub enum ForTarget<'a> {
    /// A declaration.
    Declaration {
        /// `var`, `let`, …
        kind: VarKind,
        /// What is declared.
        pattern: Pattern<'a>,
        /// Annex B: `for (var x = init in …)` in sloppy code; evaluated once, before `right`.
        init: Option<&'a Expr<'a>>,
    },
    /// An assignment target.
    Pattern(Pattern<'a>),
}

/// `with (object) body`
#[derive(Clone, Copy, Debug)]
pub struct With<'a> {
    /// The scope of the body, of kind `With`.
    pub scope: ScopeId,
    /// The object.
    pub object: Expr<'a>,
    /// The body.
    pub body: Stmt<'a>,
}

/// `switch`
#[derive(Clone, Copy, Debug)]
pub struct Switch<'a> {
    /// The value.
    pub discriminant: Expr<'a>,
    /// The scope of all cases (not of the discriminant).
    pub scope: Option<ScopeId>,
    /// The cases in source order.
    pub cases: &'a [Case<'a>],
}

/// A case of a `switch`.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The whole case.
    pub span: Span,
    /// The value; `None` for `default`.
    pub test: Option<Expr<'a>>,
    /// The statements.
    pub body: &'a [Stmt<'a>],
}

/// `try`
#[derive(Clone, Copy, Debug)]
pub struct Try<'a> {
    /// The block.
    pub block: Block<'a>,
    /// `catch`
    pub handler: Option<Catch<'a>>,
    /// `finally`
    pub finalizer: Option<Block<'a>>,
}

/// `catch (parameter) { … }`
#[derive(Clone, Copy, Debug)]
pub struct Catch<'a> {
    /// From `catch` to `}`.
    pub span: Span,
    /// The scope of the parameter.
    pub scope: Option<ScopeId>,
    /// The parameter.
    pub parameter: Option<Pattern<'a>>,
    /// The block, with a scope of its own.
    pub body: Block<'a>,
}
