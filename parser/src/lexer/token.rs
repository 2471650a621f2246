//! Tokens.

use crate::names::Name;
use logos::Logos;

macro_rules! tokens {
    (
        punctuators { $($punct:ident = $ptext:literal,)* }
        keywords { $($keyword:ident = $ktext:literal,)* }
    ) => {
        /// The kinds of tokens. `logos` recognizes punctuators and the start of everything else; the lexer finishes those by hand.
        #[derive(Logos, Clone, Copy, PartialEq, Eq, Debug)]
        #[logos(utf8 = false)]
        #[repr(u8)]
        pub enum Tok {
            $(#[token($ptext)] #[doc = concat!("`", $ptext, "`")] $punct,)*
            /// The end of the source.
            End,
            /// Not a token; the lexer holds the reason.
            Error,
            /// A numeric literal.
            #[regex(r"\.?[0-9]")]
            Number,
            /// A BigInt literal.
            BigInt,
            /// A string literal.
            #[token("\"")]
            #[token("'")]
            String,
            /// A template from its backquote to `${` or the closing backquote.
            #[token("`")]
            Template,
            /// `#name`
            #[token("#")]
            PrivateName,
            /// An identifier that is no reserved word (contextual words included). The first of the identifier names.
            #[regex(r"[A-Za-z_$][A-Za-z0-9_$]*")]
            Ident,
            /// A reserved word written with an escape: good only as an identifier name.
            EscapedKeyword,
            $(#[doc = concat!("`", $ktext, "`")] $keyword,)*
        }

        /// The reserved words in the order of their names' ids; `let` and `static` included, they are tokens of their own.
        pub(crate) const KEYWORDS: &[Tok] = &[$(Tok::$keyword),*];

        impl Tok {
            /// The text of tokens that have just one.
            pub fn text(self) -> Option<&'static str> {
                match self {
                    $(Tok::$punct => Some($ptext),)*
                    $(Tok::$keyword => Some($ktext),)*
                    _ => None,
                }
            }
        }
    };
}

tokens! {
    punctuators {
        LBrace = "{", RBrace = "}", LParen = "(", RParen = ")", LBracket = "[", RBracket = "]",
        Dot = ".", Ellipsis = "...", Semicolon = ";", Comma = ",", Question = "?", QuestionDot = "?.", Colon = ":", Arrow = "=>",
        Not = "!", Tilde = "~", PlusPlus = "++", MinusMinus = "--",
        Assign = "=", PlusAssign = "+=", MinusAssign = "-=", StarAssign = "*=", SlashAssign = "/=", PercentAssign = "%=",
        StarStarAssign = "**=", ShlAssign = "<<=", SarAssign = ">>=", ShrAssign = ">>>=", AndAssign = "&=", OrAssign = "|=",
        XorAssign = "^=", AndAndAssign = "&&=", OrOrAssign = "||=", CoalesceAssign = "??=",
        Coalesce = "??", OrOr = "||", AndAnd = "&&", Or = "|", Xor = "^", And = "&",
        Eq = "==", Ne = "!=", EqEq = "===", NeEq = "!==", Lt = "<", Le = "<=", Gt = ">", Ge = ">=",
        Shl = "<<", Sar = ">>", Shr = ">>>", Plus = "+", Minus = "-", Star = "*", Slash = "/", Percent = "%", StarStar = "**", At = "@",
    }
    keywords {
        Await = "await", Break = "break", Case = "case", Catch = "catch", Class = "class", Const = "const",
        Continue = "continue", Debugger = "debugger", Default = "default", Delete = "delete", Do = "do", Else = "else",
        Enum = "enum", Export = "export", Extends = "extends", False = "false", Finally = "finally", For = "for",
        Function = "function", If = "if", Import = "import", In = "in", Instanceof = "instanceof", New = "new",
        Null = "null", Return = "return", Super = "super", Switch = "switch", This = "this", Throw = "throw",
        True = "true", Try = "try", Typeof = "typeof", Var = "var", Void = "void", While = "while", With = "with",
        Yield = "yield", Let = "let", Static = "static",
    }
}

impl Tok {
    /// Any `IdentifierName`.
    #[inline]
    pub fn is_identifier_name(self) -> bool {
        self as u8 >= Tok::Ident as u8
    }

    /// `=`, `+=`, …
    #[inline]
    pub fn is_assignment(self) -> bool {
        self as u8 >= Tok::Assign as u8 && self as u8 <= Tok::CoalesceAssign as u8
    }
}

/// Old-style octal things, which strict code forbids.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Legacy {
    /// Nothing of the kind.
    None,
    /// `017`
    Octal,
    /// `089`
    LeadingZero,
    /// `"\17"`
    OctalEscape,
    /// `"\8"`
    EightOrNine,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Tok,
    /// A line terminator stands before it.
    pub newline_before: bool,
    /// An identifier or string with escapes.
    pub escaped: bool,
    /// Strict code must reject it.
    pub legacy: Legacy,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Identifier name, string value or BigInt text. (The value of a number is in [`super::Lexer::number`].)
    pub name: Name,
}

impl Token {
    /// Before any token.
    pub const NONE: Token = Token {
        kind: Tok::End,
        newline_before: true,
        escaped: false,
        legacy: Legacy::None,
        start: 0,
        end: 0,
        name: Name::EMPTY,
    };
}
