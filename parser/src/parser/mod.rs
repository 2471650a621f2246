//! The parser: recursive descent over one token of lookahead, building the final tree directly.
//!
//! Split by concern: `expression`, `operators`, `primary`, `literal`, `cover` (expressions that turn out to be patterns), `arrow`, `pattern`,
//! `function`, `class`, `statement`, `loops`, `declaration`, `module`, `regexp`; this file holds the state, token handling and errors.
//!
//! The first error ends the parse: it is kept in [`Parser::error`] and [`Abort`] travels up.

mod arrow;
mod class;
mod cover;
mod declaration;
mod decorator;
mod expression;
mod function;
mod literal;
mod loops;
mod module;
mod operators;
mod pattern;
mod primary;
mod program;
mod regexp;
mod statement;

use crate::ast::{ClassMember, Expr, ExprKind, Name, Property, Stmt, Surroundings};
use crate::diagnostics::{Diagnostic, DiagnosticKind as K};
use crate::lexer::{Legacy, Lexer, Tok, Token};
use crate::scope::{FunctionId, ScopeBuilder};
use crate::span::Span;
use crate::{Feature, Goal, Options};
use bumpalo::Bump;
pub(crate) use program::parse_program;

/// The parse has failed; the reason is in [`Parser::error`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Abort;

pub(crate) type Res<T> = Result<T, Abort>;

/// No position.
const NOWHERE: u32 = u32::MAX;

/// What the surrounding code allows. Saved and restored around functions.
#[derive(Clone, Copy)]
struct Context {
    strict: bool,
    /// `yield` is an operator here.
    yields: bool,
    /// `await` is an operator here.
    awaits: bool,
    /// `await` may not be an identifier although it is no operator (class static blocks, async arrow parameters).
    no_await_name: bool,
    /// `arguments` may not be used (class field initializers, static blocks).
    no_arguments: bool,
    /// `return` is allowed.
    returns: bool,
    /// `in` is an operator (not in the head of a `for`).
    allow_in: bool,
    /// Inside formal parameters: no `yield` or `await` expressions.
    in_parameters: bool,
    new_target: bool,
    super_property: bool,
    super_call: bool,
    /// Enclosing loops and switches (of this function).
    in_loop: bool,
    in_breakable: bool,
    /// Directly in the statement list of a `case`: no `using`.
    in_case: bool,
    /// At top level of a script or eval: no `using` (blocks clear it).
    script_top: bool,
}

macro_rules! packed_context {
    ($($field:ident = $bit:literal,)*) => {
        impl Context {
            fn pack(self) -> Surroundings {
                Surroundings($(u16::from(self.$field) << $bit)|*)
            }

            fn unpack(surroundings: Surroundings) -> Context {
                Context { $($field: surroundings.0 & 1 << $bit != 0,)* }
            }
        }
    };
}

packed_context! {
    strict = 0,
    yields = 1,
    awaits = 2,
    no_await_name = 3,
    no_arguments = 4,
    returns = 5,
    allow_in = 6,
    in_parameters = 7,
    new_target = 8,
    super_property = 9,
    super_call = 10,
    in_loop = 11,
    in_breakable = 12,
    in_case = 13,
    script_top = 14,
}

/// What is collected about the function being parsed.
#[derive(Clone, Copy)]
struct FunctionState {
    id: FunctionId,
    flags: crate::ast::FunctionFlags,
    /// First of its labels in `Parser::labels`.
    labels: usize,
    /// First of its names in `Parser::parameter_names`.
    names: usize,
    /// A parameter name that was one already.
    duplicate: Option<Span>,
    /// Uses of `arguments` (its own, or an arrow's) by which other code may see it, or that change it.
    exposed_arguments: u32,
    /// Number of `try` statements around.
    tries: u32,
}

/// An enclosing label.
struct Label {
    name: Name,
    /// Start of the statement it labels.
    statement: u32,
    is_loop: bool,
}

/// A use of a private name not yet found declared.
struct PrivateUse {
    name: Name,
    span: Span,
}

pub(crate) struct Parser<'a, 'o> {
    pub(crate) lexer: Lexer<'a>,
    arena: &'a Bump,
    options: &'o Options<'o>,
    is_module: bool,
    token: Token,
    /// End of the last consumed token.
    last_end: u32,
    pub(crate) error: Option<Diagnostic>,
    pub(crate) scopes: ScopeBuilder,
    context: Context,
    function: FunctionState,
    function_count: u32,
    depth: u32,
    stack_base: usize,

    /// First thing seen that is only good in a pattern (`{a = 1}`) or only bad outside one (double `__proto__`).
    cover_error: Option<(K, Span)>,
    /// Start of the token at which an arrow function may begin.
    arrow_at: u32,
    /// Start of the token at which a function that is called at once may begin.
    called_at: u32,
    /// The arguments about to be parsed are those of a function expression.
    calls_arguments: bool,
    /// Starts of the last `yield` and `await` expressions, and `await` used as a name.
    last_yield: u32,
    last_await: u32,
    last_await_name: u32,
    /// A pattern had a default or computed key.
    pattern_has_expression: bool,

    labels: Vec<Label>,
    private_uses: Vec<PrivateUse>,
    class_depth: u32,

    // Stacks where lists grow before they are copied into the arena.
    expressions: Vec<&'a Expr<'a>>,
    statements: Vec<Stmt<'a>>,
    properties: Vec<Property<'a>>,
    members: Vec<ClassMember<'a>>,
    operators: Vec<operators::Pending<'a>>,
    /// Names bound by parameters of the function being parsed, where they are written.
    parameter_names: Vec<(Name, Span)>,

    module: module::ModuleBuilder<'a>,
    regexps: regexp::Validated,
}

impl<'a, 'o> Parser<'a, 'o> {
    pub fn new(arena: &'a Bump, source: &'a [u8], options: &'o Options<'o>) -> Parser<'a, 'o> {
        let (is_module, size) = match options.goal {
            Goal::Module => (true, source.len()),
            Goal::Function(start) => (start.is_module, start.span.len() as usize),
            _ => (false, source.len()),
        };
        let marker = 0u8;
        let mut parser = Parser {
            lexer: Lexer::new(arena, source, size, options.annex_b && !is_module),
            arena,
            options,
            is_module,
            token: Token::NONE,
            last_end: 0,
            error: None,
            scopes: ScopeBuilder::new(size),
            context: program::context(options),
            function: FunctionState {
                id: FunctionId::PROGRAM,
                flags: crate::ast::FunctionFlags::NONE,
                labels: 0,
                names: 0,
                duplicate: None,
                exposed_arguments: 0,
                tries: 0,
            },
            function_count: 1,
            depth: 0,
            stack_base: &raw const marker as usize,
            cover_error: None,
            arrow_at: NOWHERE,
            called_at: NOWHERE,
            calls_arguments: false,
            last_yield: NOWHERE,
            last_await: NOWHERE,
            last_await_name: NOWHERE,
            pattern_has_expression: false,
            labels: Vec::new(),
            private_uses: Vec::new(),
            // The private names that a function parsed again may use are not known, but were checked.
            class_depth: u32::from(matches!(options.goal, Goal::Function(_))),
            expressions: Vec::new(),
            statements: Vec::new(),
            properties: Vec::new(),
            members: Vec::new(),
            operators: Vec::new(),
            parameter_names: Vec::new(),
            module: module::ModuleBuilder::default(),
            regexps: regexp::Validated::default(),
        };
        if !is_module && options.goal == Goal::DynamicFunction {
            parser.lexer.position = 0;
        }
        parser
    }

    // Tokens.

    /// Consumes the current token.
    #[inline]
    fn advance(&mut self) {
        self.last_end = self.token.end;
        self.lexer.next_into(&mut self.token);
    }

    /// Consumes the current token if it is `kind`.
    #[inline]
    fn eat(&mut self, kind: Tok) -> bool {
        let found = self.token.kind == kind;
        if found {
            self.advance();
        }
        found
    }

    /// Consumes `kind` or fails.
    #[inline]
    fn expect(&mut self, kind: Tok) -> Res<()> {
        if self.token.kind == kind {
            self.advance();
            Ok(())
        } else {
            self.unexpected()
        }
    }

    /// The token after the current one, without consuming anything.
    fn peek(&mut self) -> Token {
        let position = self.lexer.position;
        let error = self.lexer.error.take();
        let token = self.lexer.next();
        self.lexer.position = position;
        self.lexer.error = error;
        token
    }

    /// The two tokens after the current one.
    fn peek_two(&mut self) -> (Token, Token) {
        let position = self.lexer.position;
        let error = self.lexer.error.take();
        let tokens = (self.lexer.next(), self.lexer.next());
        self.lexer.position = position;
        self.lexer.error = error;
        tokens
    }

    /// The current token is the contextual word `name`, written without escapes.
    #[inline]
    fn is_word(&self, name: Name) -> bool {
        self.token.kind == Tok::Ident && self.token.name == name && !self.token.escaped
    }

    /// Span of the current token.
    #[inline]
    fn token_span(&self) -> Span {
        Span::new(self.token.start, self.token.end)
    }

    /// From `start` to the end of the last consumed token.
    #[inline]
    fn span_from(&self, start: u32) -> Span {
        Span::new(start, self.last_end)
    }

    /// Consumes a semicolon, written or inserted.
    #[inline]
    fn semicolon(&mut self) -> Res<()> {
        if self.token.kind == Tok::Semicolon {
            self.advance();
            return Ok(());
        }
        if self.can_insert_semicolon() {
            return Ok(());
        }
        self.missing_semicolon()
    }

    #[cold]
    fn missing_semicolon(&mut self) -> Res<()> {
        // `await x` where `await` is only a name.
        let end = self.last_end as usize;
        if self.token.kind != Tok::Error
            && !self.context.awaits
            && self.lexer.source[..end].ends_with(b"await")
        {
            let span = Span::new(self.last_end - 5, self.last_end);
            return self.fail(K::AwaitOutsideAsync, span);
        }
        self.unexpected()
    }

    #[inline]
    fn can_insert_semicolon(&self) -> bool {
        matches!(self.token.kind, Tok::RBrace | Tok::End) || self.token.newline_before
    }

    // Memory.

    #[inline]
    fn alloc<T: Copy>(&self, value: T) -> &'a T {
        self.arena.alloc(value)
    }

    /// An expression. Passed on by reference: copies of nodes just written stall on the store buffer.
    #[inline]
    fn node(&self, span: Span, kind: ExprKind<'a>) -> &'a Expr<'a> {
        self.arena.alloc_with(|| Expr { span, kind })
    }

    #[inline]
    fn slice<T: Copy>(&self, values: &[T]) -> &'a [T] {
        if values.is_empty() {
            &[]
        } else {
            self.arena.alloc_slice_copy(values)
        }
    }

    fn take_expressions(&mut self, base: usize) -> &'a [Expr<'a>] {
        let list = &self.expressions[base..];
        let slice: &'a [Expr<'a>] = if list.is_empty() {
            &[]
        } else {
            self.arena
                .alloc_slice_fill_with(list.len(), |index| *list[index])
        };
        self.expressions.truncate(base);
        slice
    }

    fn take_statements(&mut self, base: usize) -> &'a [Stmt<'a>] {
        let slice = self.slice(&self.statements[base..]);
        self.statements.truncate(base);
        slice
    }

    fn text(&self, name: Name) -> String {
        self.lexer.names.text(name).into_owned()
    }

    // Depth.

    /// Runs `parse` one nesting level deeper, or fails when that is too deep.
    #[inline]
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        self.depth += 1;
        let marker = 0u8;
        let here = &raw const marker as usize;
        if self.depth > self.options.max_depth
            || self.stack_base.abs_diff(here) > self.options.stack_budget
        {
            return self.too_deep();
        }
        let result = parse(self);
        self.depth -= 1;
        result
    }

    #[cold]
    fn too_deep<T>(&mut self) -> Res<T> {
        self.fail(K::TooDeep, self.token_span())
    }

    // Errors.

    #[cold]
    fn fail<T>(&mut self, kind: K, span: Span) -> Res<T> {
        self.fail_with(kind, span, &[])
    }

    #[cold]
    fn fail_with<T>(&mut self, kind: K, span: Span, arguments: &[&str]) -> Res<T> {
        if self.error.is_none() {
            self.error = Some(Diagnostic::new(kind, span, arguments));
        }
        Err(Abort)
    }

    #[cold]
    fn fail_name<T>(&mut self, kind: K, span: Span, name: Name) -> Res<T> {
        let text = self.text(name);
        self.fail_with(kind, span, &[&text])
    }

    /// Fails at `span` unless `feature` is enabled.
    #[inline]
    fn require(&mut self, feature: Feature, span: Span) -> Res<()> {
        if self.options.features.has(feature) {
            return Ok(());
        }
        self.feature_disabled(feature, span)
    }

    #[cold]
    fn feature_disabled<T>(&mut self, feature: Feature, span: Span) -> Res<T> {
        self.fail_with(
            K::FeatureDisabled,
            span,
            &[feature.option(), feature.help()],
        )
    }

    /// Fails at the current token.
    #[cold]
    fn unexpected<T>(&mut self) -> Res<T> {
        let token = self.token;
        self.unexpected_token(&token)
    }

    #[cold]
    fn unexpected_token<T>(&mut self, token: &Token) -> Res<T> {
        let span = Span::new(token.start, token.end);
        match token.kind {
            Tok::End => self.fail(K::UnexpectedEnd, span),
            Tok::Error => {
                let (kind, span) = self
                    .lexer
                    .error
                    .unwrap_or((K::InvalidOrUnexpectedToken, span));
                self.fail(kind, span)
            }
            Tok::At => {
                self.require(Feature::Decorators, span)?;
                self.fail_with(K::UnexpectedToken, span, &["@"])
            }
            Tok::Number | Tok::BigInt => self.fail(K::UnexpectedNumber, span),
            Tok::String => self.fail(K::UnexpectedString, span),
            Tok::Template => self.fail(K::UnexpectedTemplate, span),
            Tok::EscapedKeyword => self.fail(K::EscapedKeyword, span),
            Tok::Enum | Tok::Await => self.fail(K::UnexpectedReserved, span),
            Tok::Arrow if !token.newline_before => self.fail(K::MalformedArrowParameters, span),
            Tok::Slash if self.at_open_comment(token) => {
                self.fail(K::InvalidOrUnexpectedToken, span)
            }
            Tok::Lt
                if self.is_module()
                    && self.lexer.source[span.start as usize..].starts_with(b"<!--") =>
            {
                self.fail(K::HtmlCommentInModule, span)
            }
            Tok::Let | Tok::Static | Tok::Yield if self.context.strict => {
                self.fail(K::UnexpectedStrictReserved, span)
            }
            Tok::Ident if self.context.strict && is_strict_reserved(token.name) => {
                self.fail(K::UnexpectedStrictReserved, span)
            }
            Tok::Ident if matches!(token.name, Name::ASYNC | Name::GET | Name::SET) => {
                self.fail_name(K::UnexpectedToken, span, token.name)
            }
            Tok::Ident | Tok::Let | Tok::Static | Tok::Yield | Tok::PrivateName => {
                self.fail_name(K::UnexpectedIdentifier, span, token.name)
            }
            _ => {
                let text = token.kind.text().unwrap_or("");
                self.fail_with(K::UnexpectedToken, span, &[text])
            }
        }
    }

    /// Whether the `/` begins a comment that never ends.
    pub(super) fn at_open_comment(&self, token: &Token) -> bool {
        token.kind == Tok::Slash && self.lexer.source.get(token.start as usize + 1) == Some(&b'*')
    }

    // Identifiers.

    #[inline]
    fn is_module(&self) -> bool {
        self.is_module
    }

    fn is_await_reserved(&self) -> bool {
        self.context.awaits || self.context.no_await_name || self.is_module()
    }

    /// Whether `token` can be an identifier where it stands.
    #[inline]
    fn is_identifier(&self, token: &Token) -> bool {
        self.names_identifier(token.kind, token.name)
    }

    #[inline]
    fn names_identifier(&self, kind: Tok, name: Name) -> bool {
        match kind {
            Tok::Ident if name.0 > Name::PUBLIC.0 => true,
            Tok::Ident | Tok::Yield | Tok::Await | Tok::Let | Tok::Static => {
                self.is_identifier_slow(name)
            }
            _ => false,
        }
    }

    fn is_identifier_slow(&self, name: Name) -> bool {
        match name {
            Name::AWAIT => !self.is_await_reserved(),
            Name::YIELD => !self.context.yields && !self.context.strict,
            _ => !self.context.strict || !is_strict_reserved(name),
        }
    }

    /// Consumes an identifier: its name and span.
    #[inline]
    fn identifier(&mut self) -> Res<(Name, Span)> {
        let (name, start) = (self.token.name, self.token.start);
        if !self.names_identifier(self.token.kind, name) {
            let token = self.token;
            return self.unexpected_identifier(&token);
        }
        self.advance();
        Ok((name, self.span_from(start)))
    }

    #[cold]
    fn unexpected_identifier<T>(&mut self, token: &Token) -> Res<T> {
        let span = Span::new(token.start, token.end);
        match token.kind {
            Tok::Ident | Tok::Let | Tok::Static | Tok::Yield | Tok::Await => {
                if token.escaped && token.name.0 <= Name::PUBLIC.0 {
                    self.fail(K::EscapedKeyword, span)
                } else if token.name == Name::AWAIT {
                    self.fail(K::UnexpectedReserved, span)
                } else if self.context.strict && is_strict_reserved(token.name) {
                    self.fail(K::UnexpectedStrictReserved, span)
                } else {
                    self.fail_name(K::UnexpectedIdentifier, span, token.name)
                }
            }
            _ => self.unexpected_token(token),
        }
    }

    /// Consumes an identifier that is bound here; checks `eval` and `arguments`.
    fn binding_identifier(&mut self) -> Res<(Name, Span)> {
        let (name, span) = self.identifier()?;
        self.check_bound_name(name, span)?;
        Ok((name, span))
    }

    /// `eval` and `arguments` may not be bound or assigned in strict code.
    #[inline]
    fn check_bound_name(&mut self, name: Name, span: Span) -> Res<()> {
        if (name == Name::EVAL || name == Name::ARGUMENTS) && self.context.strict {
            return self.fail(K::StrictEvalArguments, span);
        }
        if name == Name::ARGUMENTS && self.context.no_arguments {
            return self.fail(K::ArgumentsInClassField, span);
        }
        Ok(())
    }

    /// Fails for an old-style octal literal token in strict code.
    #[inline]
    fn check_legacy(&mut self, token: &Token) -> Res<()> {
        if token.legacy == Legacy::None || !self.context.strict {
            return Ok(());
        }
        self.fail_legacy(token.legacy, Span::new(token.start, token.end))
    }

    #[cold]
    fn fail_legacy<T>(&mut self, legacy: Legacy, span: Span) -> Res<T> {
        let kind = match legacy {
            Legacy::Octal => K::StrictOctal,
            Legacy::LeadingZero => K::StrictLeadingZero,
            Legacy::OctalEscape | Legacy::None => K::StrictOctalEscape,
            Legacy::EightOrNine => K::StrictEightOrNine,
        };
        self.fail(kind, span)
    }

    fn next_function_id(&mut self) -> FunctionId {
        let id = FunctionId(self.function_count);
        self.function_count += 1;
        id
    }
}

/// Words reserved in strict code only.
fn is_strict_reserved(name: Name) -> bool {
    name == Name::YIELD || name.0 >= Name::LET.0 && name.0 <= Name::PUBLIC.0
}
