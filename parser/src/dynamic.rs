//! Sources of `new Function` and its kin: <https://tc39.es/ecma262/#sec-createdynamicfunction>.

use crate::{Bump, Diagnostic, Goal, Options, Parsed, parse};

/// The kinds of functions `CreateDynamicFunction` makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DynamicFunctionKind {
    /// `Function`
    Normal,
    /// `GeneratorFunction`
    Generator,
    /// `AsyncFunction`
    Async,
    /// `AsyncGeneratorFunction`
    AsyncGenerator,
}

impl DynamicFunctionKind {
    /// The start of the source text.
    pub const fn prefix(self) -> &'static str {
        match self {
            DynamicFunctionKind::Normal => "function",
            DynamicFunctionKind::Generator => "function*",
            DynamicFunctionKind::Async => "async function",
            DynamicFunctionKind::AsyncGenerator => "async function*",
        }
    }
}

/// The source text of a dynamic function: `function anonymous(parameters\n) {\nbody\n}`. `parameters` are joined by commas.
pub fn dynamic_function_source(
    kind: DynamicFunctionKind,
    parameters: &[u8],
    body: &[u8],
) -> Vec<u8> {
    [
        kind.prefix().as_bytes(),
        b" anonymous(",
        parameters,
        b"\n) {\n",
        body,
        b"\n}",
    ]
    .concat()
}

/// Parses a dynamic function from its parameter and body texts (WTF-8), each of which must be valid alone. The program's only statement is an expression
/// statement of that function; [`Parsed::source`] is the whole text. The function has no `name` in the tree, because `anonymous` is not
/// bound for the code inside; setting its `name` property is the caller's.
pub fn parse_dynamic_function<'a>(
    arena: &'a Bump,
    kind: DynamicFunctionKind,
    parameters: &[u8],
    body: &[u8],
    options: &Options<'_>,
) -> Result<Parsed<'a>, Diagnostic> {
    let options = Options {
        goal: Goal::DynamicFunction,
        ..*options
    };
    // Plain names cannot reach into the body; anything else could open a comment, string or bracket there.
    let is_plain = parameters
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_$, \t\n".contains(byte));
    if !is_plain {
        let scratch = Bump::new();
        parse(
            &scratch,
            &dynamic_function_source(kind, parameters, b""),
            &options,
        )?;
        parse(
            &scratch,
            &dynamic_function_source(kind, b"", body),
            &options,
        )?;
    }
    let source = dynamic_function_source(kind, parameters, body);
    parse(arena, arena.alloc_slice_copy(&source), &options)
}
