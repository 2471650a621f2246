//! Diagnostics: every message the parser can give, and how an error is shown.

use crate::span::Span;

/// What went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiagnosticKind {
    /// The source ends too early.
    UnexpectedEnd,
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
