//! Expressions.

use super::{Class, Function, Ident, Name, Pattern, RefId, Span};

/// An expression. Small (32 bytes) and `Copy`; lists hold expressions by value.
#[derive(Clone, Copy, Debug)]
pub struct Expr<'a> {
    /// From the first to the last byte.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind<'a>,
}

/// The kinds of expressions.
#[derive(Clone, Copy, Debug)]
pub enum ExprKind<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A numeric literal.
    Number(f64),
    /// A string literal: its value (WTF-8, see [`crate::names`]).
    String(Name),
    /// A BigInt literal: its text without `n` and separators (`0x1f`, `123`).
    BigInt(Name),
    /// A regular-expression literal.
    RegExp {
        /// Text between the slashes.
        pattern: Name,
        /// Text after the last slash.
        flags: Name,
    },
    /// A variable reference (never `this`).
    Ident {
        /// Its name; `arguments` and `undefined` are ordinary names here.
        name: Name,
        /// Key of its resolution.
        reference: RefId,
    },
    /// `this`: resolves to the implicit binding `Name::THIS` of the nearest function that has one.
    This(RefId),
    /// A template literal without tag.
    Template(&'a Template<'a>),
    /// A tagged template.
    TaggedTemplate(&'a TaggedTemplate<'a>),
    /// An array literal; elements may be `Hole` and `Spread`.
    Array(&'a [Expr<'a>]),
    /// An object literal.
    Object(&'a [Property<'a>]),
    /// A function expression or arrow function.
    Function(&'a Function<'a>),
    /// A class expression.
    Class(&'a Class<'a>),
    /// A unary operator.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        argument: &'a Expr<'a>,
    },
    /// `++`/`--`. The target is an `Ident`, a member form, or (sloppy code only, throws ReferenceError at run time) a call.
    Update {
        /// `++` if true, `--` if false.
        increment: bool,
        /// Written before the operand.
        prefix: bool,
        /// The operand; possibly in `Paren`.
        argument: &'a Expr<'a>,
    },
    /// An arithmetic, comparison or bitwise operator. **Left spines can be very deep.**
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: &'a Expr<'a>,
        /// Right operand.
        right: &'a Expr<'a>,
    },
    /// `&&`, `||`, `??`. **Left spines can be very deep.**
    Logical {
        /// The operator.
        op: LogicalOp,
        /// Left operand.
        left: &'a Expr<'a>,
        /// Right operand.
        right: &'a Expr<'a>,
    },
    /// An assignment. With `AssignOp::Assign` the target may be any pattern, else an `Ident` or `Expr` pattern.
    Assign {
        /// The operator.
        op: AssignOp,
        /// What is assigned to.
        target: &'a Pattern<'a>,
        /// The value.
        value: &'a Expr<'a>,
    },
    /// `a ? b : c`. **`alternate` spines can be very deep.**
    Conditional(&'a Conditional<'a>),
    /// A call.
    Call(&'a Call<'a>),
    /// `new F(…)`
    New(&'a New<'a>),
    /// `object.name`. **`object` spines can be very deep.** The property name spans `name_start..span.end`.
    Member {
        /// `?.`
        optional: bool,
        /// The property name.
        name: Name,
        /// Where the property name starts.
        name_start: u32,
        /// The object.
        object: &'a Expr<'a>,
    },
    /// `object[index]`. **`object` spines can be very deep.**
    Index {
        /// `?.`
        optional: bool,
        /// The object.
        object: &'a Expr<'a>,
        /// The key expression.
        index: &'a Expr<'a>,
    },
    /// `object.#name`. The property name spans `span.end - …`; see [`PrivateMember`].
    PrivateMember(&'a PrivateMember<'a>),
    /// A whole optional chain: everywhere inside `expr`'s spine an `optional` link may cut off to `undefined` for all of it.
    OptionalChain(&'a Expr<'a>),
    /// `super.name`, `super[index]`
    SuperMember(&'a SuperMember<'a>),
    /// `super(…)`
    SuperCall(&'a SuperCall<'a>),
    /// `yield`, `yield x`, `yield* x`
    Yield {
        /// `yield*`
        delegate: bool,
        /// The operand; always there for `yield*`.
        argument: Option<&'a Expr<'a>>,
    },
    /// `await x`
    Await(&'a Expr<'a>),
    /// `a, b, …`: at least two.
    Sequence(&'a [Expr<'a>]),
    /// `import(x)`, `import(x, options)`, `import.defer(x)`, `import.source(x)`
    ImportCall(&'a ImportCall<'a>),
    /// `import.meta`
    ImportMeta,
    /// `new.target`: resolves to the implicit binding `Name::NEW_TARGET`.
    NewTarget(RefId),
    /// `#name in right`
    PrivateIn {
        /// The private name, with `#`.
        name: Name,
        /// Resolves to the private name's binding in its class scope.
        reference: RefId,
        /// The right operand.
        right: &'a Expr<'a>,
    },
    /// `( expr )`. Kept because parentheses matter to function naming, optional chains and assignment targets; see
    /// [`Expr::unparenthesized`].
    Paren(&'a Expr<'a>),
    /// `...x`: only in arrays and arguments.
    Spread(&'a Expr<'a>),
    /// A missing element: only in arrays.
    Hole,
}

impl<'a> Expr<'a> {
    /// The expression inside any number of parentheses.
    pub fn unparenthesized(&self) -> &Expr<'a> {
        let mut expr = self;
        while let ExprKind::Paren(inner) = expr.kind {
            expr = inner;
        }
        expr
    }

    /// `IsAnonymousFunctionDefinition`: a function, arrow or class without a name of its own, possibly parenthesized.
    pub fn is_anonymous_function(&self) -> bool {
        match self.unparenthesized().kind {
            ExprKind::Function(function) => function.name.is_none(),
            ExprKind::Class(class) => class.name.is_none(),
            _ => false,
        }
    }
}

/// `a ? b : c`
#[derive(Clone, Copy, Debug)]
pub struct Conditional<'a> {
    /// `a`
    pub test: Expr<'a>,
    /// `b`
    pub consequent: Expr<'a>,
    /// `c`
    pub alternate: Expr<'a>,
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// What is called; its span is the callee span. A member form gives the receiver; **its spine can be very deep.**
    pub callee: Expr<'a>,
    /// Arguments; may be `Spread`.
    pub arguments: &'a [Expr<'a>],
    /// Where the `(` is.
    pub arguments_start: u32,
    /// `callee?.(…)`
    pub optional: bool,
    /// The callee is the name `eval` (possibly parenthesized, not optional): perhaps a direct eval. The scope it sees is the
    /// innermost one around the call.
    pub is_direct_eval: bool,
}

/// `new F(…)`
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// The constructor.
    pub callee: Expr<'a>,
    /// Arguments; may be `Spread`. Empty for `new F`.
    pub arguments: &'a [Expr<'a>],
}

/// `object.#name`
#[derive(Clone, Copy, Debug)]
pub struct PrivateMember<'a> {
    /// The object. **Its spine can be very deep.**
    pub object: Expr<'a>,
    /// The private name, with `#`, where it is written, and what it resolves to.
    pub name: Ident,
    /// `?.`
    pub optional: bool,
}

/// `super.name` or `super[index]`
#[derive(Clone, Copy, Debug)]
pub struct SuperMember<'a> {
    /// The key.
    pub key: SuperKey<'a>,
    /// Resolves to the implicit binding `Name::HOME_OBJECT` of the nearest method.
    pub home: RefId,
    /// Resolves to the implicit binding `Name::THIS`.
    pub this: RefId,
}

/// The key of a super property.
#[derive(Clone, Copy, Debug)]
pub enum SuperKey<'a> {
    /// `super.name`
    Name(Word),
    /// `super[index]`
    Index(Expr<'a>),
}

use super::Word;

/// `super(…)`
#[derive(Clone, Copy, Debug)]
pub struct SuperCall<'a> {
    /// Arguments; may be `Spread`.
    pub arguments: &'a [Expr<'a>],
    /// Resolves to the implicit binding `Name::ACTIVE_FUNCTION` of the constructor.
    pub function: RefId,
    /// Resolves to the implicit binding `Name::NEW_TARGET`.
    pub new_target: RefId,
    /// Resolves to the implicit binding `Name::THIS`, which the call initializes.
    pub this: RefId,
}

/// A template literal.
#[derive(Clone, Copy, Debug)]
pub struct Template<'a> {
    /// The literal pieces; one more than `expressions`.
    pub quasis: &'a [TemplateElement],
    /// The substitutions.
    pub expressions: &'a [Expr<'a>],
}

/// A literal piece of a template.
#[derive(Clone, Copy, Debug)]
pub struct TemplateElement {
    /// Between the delimiters.
    pub span: Span,
    /// The raw value (line endings normalized to LF).
    pub raw: Name,
    /// The cooked value; `None` for an invalid escape, which only tagged templates may have.
    pub cooked: Option<Name>,
}

/// A tagged template.
#[derive(Clone, Copy, Debug)]
pub struct TaggedTemplate<'a> {
    /// The tag; a member form gives the receiver. **Its spine can be very deep.**
    pub tag: Expr<'a>,
    /// The template; its span starts at the backquote.
    pub template: Template<'a>,
    /// From backquote to backquote.
    pub template_span: Span,
}

/// A member of an object literal.
#[derive(Clone, Copy, Debug)]
pub struct Property<'a> {
    /// The whole member.
    pub span: Span,
    /// What it is.
    pub kind: PropertyKind<'a>,
}

/// The kinds of object literal members.
#[derive(Clone, Copy, Debug)]
pub enum PropertyKind<'a> {
    /// `key: value`
    Value {
        /// The key.
        key: PropertyKey<'a>,
        /// The value.
        value: Expr<'a>,
    },
    /// `name`
    Shorthand(Ident),
    /// `__proto__: value`: sets the prototype.
    Proto(Expr<'a>),
    /// `key() {}`
    Method {
        /// The key.
        key: PropertyKey<'a>,
        /// The function.
        function: &'a Function<'a>,
    },
    /// `get key() {}`
    Getter {
        /// The key.
        key: PropertyKey<'a>,
        /// The function.
        function: &'a Function<'a>,
    },
    /// `set key(x) {}`
    Setter {
        /// The key.
        key: PropertyKey<'a>,
        /// The function.
        function: &'a Function<'a>,
    },
    /// `...value`
    Spread(Expr<'a>),
    /// `name = default`: exists only while it is not yet known whether this is a pattern; never in a finished tree.
    CoverInitialized {
        /// The name.
        name: Ident,
        /// The default.
        default: &'a Expr<'a>,
    },
}

/// A property key.
#[derive(Clone, Copy, Debug)]
pub enum PropertyKey<'a> {
    /// An identifier name or string literal.
    Name {
        /// Its text.
        name: Name,
        /// Where it is written.
        span: Span,
        /// Written as a string literal.
        quoted: bool,
    },
    /// A numeric literal; the key is `ToString(value)`.
    Number {
        /// Its value.
        value: f64,
        /// Where it is written.
        span: Span,
    },
    /// A BigInt literal; the key is its decimal text.
    BigInt {
        /// Its text, as in [`ExprKind::BigInt`].
        text: Name,
        /// Where it is written.
        span: Span,
    },
    /// `[expr]`
    Computed(&'a Expr<'a>),
    /// `#name`: only in classes.
    Private(Ident),
}

impl PropertyKey<'_> {
    /// Where the key is written (for a computed key: the expression).
    pub fn span(&self) -> Span {
        match self {
            PropertyKey::Name { span, .. }
            | PropertyKey::Number { span, .. }
            | PropertyKey::BigInt { span, .. } => *span,
            PropertyKey::Computed(expr) => expr.span,
            PropertyKey::Private(ident) => ident.span,
        }
    }
}

/// A dynamic import.
#[derive(Clone, Copy, Debug)]
pub struct ImportCall<'a> {
    /// `import(…)`, `import.defer(…)`, `import.source(…)`
    pub phase: super::ImportPhase,
    /// The specifier.
    pub specifier: Expr<'a>,
    /// The second argument.
    pub options: Option<Expr<'a>>,
}

macro_rules! operators {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $(#[doc = concat!("`", $text, "`")] $variant),* }
        impl $name {
            /// The operator as written.
            pub fn text(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
        }
    };
}

operators! {
    /// Unary operators.
    UnaryOp {
        Minus = "-", Plus = "+", Not = "!", BitNot = "~", Typeof = "typeof", Void = "void", Delete = "delete",
    }
}
operators! {
    /// Binary operators that evaluate both operands.
    BinaryOp {
        Equal = "==", NotEqual = "!=", StrictEqual = "===", StrictNotEqual = "!==",
        Less = "<", LessEqual = "<=", Greater = ">", GreaterEqual = ">=",
        ShiftLeft = "<<", ShiftRight = ">>", ShiftRightUnsigned = ">>>",
        Add = "+", Sub = "-", Mul = "*", Div = "/", Rem = "%", Exp = "**",
        BitOr = "|", BitXor = "^", BitAnd = "&", In = "in", Instanceof = "instanceof",
    }
}
operators! {
    /// Short-circuiting operators.
    LogicalOp { And = "&&", Or = "||", Coalesce = "??", }
}
operators! {
    /// Assignment operators.
    AssignOp {
        Assign = "=", Add = "+=", Sub = "-=", Mul = "*=", Div = "/=", Rem = "%=", Exp = "**=",
        ShiftLeft = "<<=", ShiftRight = ">>=", ShiftRightUnsigned = ">>>=",
        BitOr = "|=", BitXor = "^=", BitAnd = "&=", And = "&&=", Or = "||=", Coalesce = "??=",
    }
}

impl AssignOp {
    /// The binary operator of `a op= b`, unless plain or logical.
    pub fn binary(self) -> Option<BinaryOp> {
        Some(match self {
            AssignOp::Add => BinaryOp::Add,
            AssignOp::Sub => BinaryOp::Sub,
            AssignOp::Mul => BinaryOp::Mul,
            AssignOp::Div => BinaryOp::Div,
            AssignOp::Rem => BinaryOp::Rem,
            AssignOp::Exp => BinaryOp::Exp,
            AssignOp::ShiftLeft => BinaryOp::ShiftLeft,
            AssignOp::ShiftRight => BinaryOp::ShiftRight,
            AssignOp::ShiftRightUnsigned => BinaryOp::ShiftRightUnsigned,
            AssignOp::BitOr => BinaryOp::BitOr,
            AssignOp::BitXor => BinaryOp::BitXor,
            AssignOp::BitAnd => BinaryOp::BitAnd,
            AssignOp::Assign | AssignOp::And | AssignOp::Or | AssignOp::Coalesce => return None,
        })
    }

    /// The short-circuiting operator of `&&=`, `||=`, `??=`.
    pub fn logical(self) -> Option<LogicalOp> {
        match self {
            AssignOp::And => Some(LogicalOp::And),
            AssignOp::Or => Some(LogicalOp::Or),
            AssignOp::Coalesce => Some(LogicalOp::Coalesce),
            _ => None,
        }
    }
}
