//! Diagnostics: every message the parser can give, in one table, and how an error is shown.
//!
//! Where V8 has a message for an error we use its words, because programs and people know them.

use crate::excerpt::excerpt;
use crate::span::{LineColumn, LineTable, Span};
use std::fmt::Write;

macro_rules! diagnostics {
    ($($kind:ident = $text:literal,)*) => {
        /// What went wrong.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum DiagnosticKind { $(#[doc = $text] $kind,)* }

        impl DiagnosticKind {
            /// The message; `{0}`, `{1}`, `{2}` stand for its arguments.
            pub fn template(self) -> &'static str {
                match self { $(DiagnosticKind::$kind => $text,)* }
            }
        }
    };
}

diagnostics! {
    // Tokens.
    UnexpectedEnd                = "Unexpected end of input",
    UnexpectedToken              = "Unexpected token '{0}'",
    UnexpectedIdentifier         = "Unexpected identifier '{0}'",
    UnexpectedNumber             = "Unexpected number",
    UnexpectedString             = "Unexpected string",
    UnexpectedTemplate           = "Unexpected template string",
    UnexpectedReserved           = "Unexpected reserved word",
    UnexpectedStrictReserved     = "Unexpected strict mode reserved word",
    InvalidOrUnexpectedToken     = "Invalid or unexpected token",
    EscapedKeyword               = "Keyword must not contain escaped characters",
    InvalidHexEscape             = "Invalid hexadecimal escape sequence",
    InvalidUnicodeEscape         = "Invalid Unicode escape sequence",
    UndefinedCodePoint           = "Undefined Unicode code-point",
    ZeroSeparator                = "Numeric separator can not be used after leading 0.",
    ContinuousSeparator          = "Only one underscore is allowed as numeric separator",
    TrailingSeparator            = "Numeric separators are not allowed at the end of numeric literals",
    UnterminatedSubstitution     = "Missing } in template expression",
    TemplateOctalEscape          = "Octal escape sequences are not allowed in template strings.",
    TemplateEightOrNine          = "\\8 and \\9 are not allowed in template strings.",
    StrictOctal                  = "Octal literals are not allowed in strict mode.",
    StrictLeadingZero            = "Decimals with leading zeros are not allowed in strict mode.",
    StrictOctalEscape            = "Octal escape sequences are not allowed in strict mode.",
    StrictEightOrNine            = "\\8 and \\9 are not allowed in strict mode.",
    UnterminatedRegExp           = "Invalid regular expression: missing /",
    InvalidRegExpFlags           = "Invalid regular expression flags",
    InvalidRegExp                = "Invalid regular expression: /{0}/{1}: {2}",
    // Options.
    FeatureDisabled              = "This syntax needs the option {0} ({1})",
    // Natives.
    UnknownNative                = "{0} is not defined",
    NativeArguments              = "Runtime function given wrong number of arguments",
    NativeSpread                 = "Intrinsic calls do not support spread arguments",
    // Limits.
    TooDeep                      = "Source is nested too deeply",
    TooLong                      = "Source is too long",
    // Names and declarations.
    Redeclaration                = "Identifier '{0}' has already been declared",
    StrictEvalArguments          = "Unexpected eval or arguments in strict mode",
    LetInLexicalBinding          = "let is disallowed as a lexically bound name",
    MissingInitializer           = "Missing initializer in {0} declaration",
    UsingPattern                 = "A using declaration cannot bind a destructuring pattern",
    DuplicateParameter           = "Duplicate parameter name not allowed in this context",
    ArgumentsInClassField        = "'arguments' is not allowed in class field initializer or static initialization block",
    PrivateUndeclared            = "Private field '{0}' must be declared in an enclosing class",
    // Assignment targets and patterns.
    InvalidAssignmentTarget      = "Invalid left-hand side in assignment",
    InvalidPrefixTarget          = "Invalid left-hand side expression in prefix operation",
    InvalidPostfixTarget         = "Invalid left-hand side expression in postfix operation",
    InvalidForTarget             = "Invalid left-hand side in for-loop",
    InvalidDestructuringTarget   = "Invalid destructuring assignment target",
    InvalidShorthandInitializer  = "Invalid shorthand property initializer",
    DuplicateProto               = "Duplicate __proto__ fields are not allowed in object literals",
    ElementAfterRest             = "Rest element must be last element",
    ObjectRestPattern            = "`...` must be followed by an assignable reference in assignment contexts",
    // Expressions.
    MissingParenthesis           = "missing ) after argument list",
    MalformedArrowParameters     = "Malformed arrow function parameter list",
    UnaryBeforeExponent          = "Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence",
    StrictDelete                 = "Delete of an unqualified identifier in strict mode.",
    PrivateDelete                = "Private fields can not be deleted",
    OptionalChainNew             = "Invalid optional chain from new expression",
    OptionalChainTemplate        = "Invalid tagged template on optional chain",
    UnexpectedSuper              = "'super' keyword unexpected here",
    UnexpectedNewTarget          = "new.target expression is not allowed here",
    ImportMetaOutsideModule      = "Cannot use 'import.meta' outside a module",
    ImportOutsideModule          = "Cannot use import statement outside a module",
    NewImport                    = "Cannot use new with import",
    ImportMissingSpecifier       = "import() requires a specifier",
    YieldInParameters            = "Yield expression not allowed in formal parameter",
    AwaitInParameters            = "Illegal await-expression in formal parameters of async function",
    AwaitOutsideAsync            = "await is only valid in async functions and the top level bodies of modules",
    // Statements.
    IllegalReturn                = "Illegal return statement",
    IllegalBreak                 = "Illegal break statement",
    IllegalContinue              = "Illegal continue statement: no surrounding iteration statement",
    ContinueToNonLoop            = "Illegal continue statement: '{0}' does not denote an iteration statement",
    UndefinedLabel               = "Undefined label '{0}'",
    LabelRedeclaration           = "Label '{0}' has already been declared",
    NewlineAfterThrow            = "Illegal newline after throw",
    MissingCatchOrFinally        = "Missing catch or finally after try",
    MultipleDefaults             = "More than one default clause in switch statement",
    StrictWith                   = "Strict mode code may not include a with statement",
    StrictFunctionStatement      = "In strict mode code, functions can only be declared at top level or inside a block.",
    SloppyFunctionStatement      = "In non-strict mode code, functions can only be declared at top level, inside a block, or as the body of an if statement.",
    AsyncFunctionStatement       = "Async functions can only be declared at the top level or inside a block.",
    GeneratorStatement           = "Generators can only be declared at the top level or inside a block.",
    LexicalInStatement           = "Lexical declaration cannot appear in a single-statement context",
    UsingNotAllowed              = "using declarations are not allowed here",
    ForInInitializer             = "{0} loop variable declaration may not have an initializer.",
    ForInMultiple                = "Invalid left-hand side in {0} loop: Must have a single binding.",
    ForInUsing                   = "Invalid left-hand side in for-in loop: a using declaration is not allowed",
    ForOfLet                     = "The left-hand side of a for-of loop may not be 'let'.",
    ForOfAsync                   = "The left-hand side of a for-of loop may not be 'async'.",
    // Functions and classes.
    MissingFunctionName          = "Function statements require a function name",
    IllegalUseStrict             = "Illegal 'use strict' directive in function with non-simple parameter list",
    GetterParameters             = "Getter must not have any formal parameters.",
    SetterParameters             = "Setter must have exactly one formal parameter.",
    SetterRest                   = "Setter function argument must not be a rest parameter",
    ParameterAfterRest           = "Rest parameter must be last formal parameter",
    RestInitializer              = "Rest parameter may not have a default initializer",
    DuplicateConstructor         = "A class may only have one constructor",
    ConstructorAccessor          = "Class constructor may not be an accessor",
    ConstructorGenerator         = "Class constructor may not be a generator",
    ConstructorAsync             = "Class constructor may not be an async method",
    PrivateConstructorMethod     = "Class constructor may not be a private method",
    PrivateConstructor           = "Classes may not have a field named 'constructor'",
    ConstructorField             = "Classes may not have a field named 'constructor'",
    StaticPrototype              = "Classes may not have a static property named 'prototype'",
    DecoratorsWithoutClass       = "Decorators must be followed by a class",
    DecoratorsAroundExport       = "Decorators must be either before or after 'export', not both",
    DecoratedConstructor         = "Class constructor may not have decorators",
    DecoratedStaticBlock         = "Class static initialization block may not have decorators",
    SingleFunctionRequired       = "Arg string terminates parameters early",
    // Modules.
    DuplicateExport              = "Duplicate export of '{0}'",
    UnresolvableExport           = "Export '{0}' is not defined in module",
    UnpairedSurrogateName        = "Invalid module export name: contains unpaired surrogate character",
    DuplicateAttribute           = "Import attributes has a duplicate key '{0}'",
    HtmlCommentInModule          = "HTML comments are not allowed in modules",
}

/// An early error. All early errors are SyntaxErrors.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// What went wrong.
    pub kind: DiagnosticKind,
    /// Where.
    pub span: Span,
    /// The text of the message.
    pub message: String,
}

impl Diagnostic {
    pub(crate) fn new(kind: DiagnosticKind, span: Span, arguments: &[&str]) -> Diagnostic {
        let mut message = String::new();
        let mut template = kind.template();
        for (index, argument) in arguments.iter().enumerate() {
            if let Some((before, after)) = template.split_once(&format!("{{{index}}}")) {
                message.push_str(before);
                message.push_str(argument);
                template = after;
            }
        }
        message.push_str(template);
        Diagnostic {
            kind,
            span,
            message,
        }
    }

    /// Line and column where the error starts.
    pub fn position(&self, source: &[u8]) -> LineColumn {
        LineTable::new().line_column(source, self.span.start)
    }

    /// The error with its place and source line, as compilers print it:
    ///
    /// ```text
    /// file.js:3:9: SyntaxError: Unexpected token ')'
    ///    |
    ///  3 | let a = );
    ///    |         ^
    /// ```
    pub fn render(&self, file: &str, source: &[u8]) -> String {
        let at = excerpt(&LineTable::new(), source, self.span.start, self.span.end);
        let mut out = format!(
            "{file}:{}:{}: SyntaxError: {}\n",
            at.line, at.column, self.message
        );
        let number = at.line.to_string();
        let margin = " ".repeat(number.len());
        let _ = write!(
            out,
            " {margin} |\n {number} | {}\n {margin} | {}\n",
            at.text, at.marks
        );
        out
    }
}
