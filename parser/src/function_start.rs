//! Parsing one function of a source again, once it is needed.

use crate::ast::{Function, FunctionFlags, Surroundings};
use crate::{Bump, Diagnostic, Goal, Options, Parsed, Span, parser};

/// Where a function starts in a source that was accepted, and what the code around it allows: enough to parse it alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FunctionStart {
    /// The function's source text.
    pub span: Span,
    /// Where parsing starts: at the parameters; for an arrow function at its start.
    pub(crate) at: u32,
    /// Start of the name of a named function expression.
    pub(crate) own_name: Option<u32>,
    /// What kind of function it is.
    pub(crate) flags: FunctionFlags,
    pub(crate) surroundings: Surroundings,
    pub(crate) is_module: bool,
}

/// The flags that are known at a function's start.
const KIND: FunctionFlags = FunctionFlags::ASYNC
    .with(FunctionFlags::GENERATOR)
    .with(FunctionFlags::ARROW)
    .with(FunctionFlags::METHOD)
    .with(FunctionFlags::GETTER)
    .with(FunctionFlags::SETTER)
    .with(FunctionFlags::CLASS_CONSTRUCTOR)
    .with(FunctionFlags::DERIVED)
    .with(FunctionFlags::DECLARATION)
    .with(FunctionFlags::STATIC);

impl FunctionStart {
    /// The start of `function`, of a module or not.
    pub fn of(function: &Function<'_>, is_module: bool) -> FunctionStart {
        let own_name = function.name.filter(|_| function.name_scope.is_some());
        FunctionStart {
            span: function.span,
            at: if function.flags.is_arrow() {
                function.span.start
            } else {
                function.parameters_span.start
            },
            own_name: own_name.map(|name| name.span.start),
            flags: function.flags.and(KIND),
            surroundings: function.surroundings,
            is_module,
        }
    }
}

/// Parses one function of `source` again. The program's only statement is an `Expr` of that function, whatever it is in the
/// source. Names bound by the code around it are unbound here; a TDZ check asked for at such a name means that
/// the occurrence may run before what precedes it in the source.
///
/// # Errors
/// Only for nesting that is too deep for the `stack_budget` of `options`, since the source was accepted before.
pub fn parse_function<'a>(
    arena: &'a Bump,
    source: &'a [u8],
    start: FunctionStart,
    options: &Options<'_>,
) -> Result<Parsed<'a>, Diagnostic> {
    let options = Options {
        goal: Goal::Function(start),
        ..*options
    };
    parser::parse_program(arena, source, &options)
}
