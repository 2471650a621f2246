//! Round trips: what the parser read, the printer writes and the parser reads again must be the same.

use sarus_parser::{Bump, Diagnostic, Options, parse, print_program, print_scopes, to_estree_json};
use serde_json::Value;

/// Prints and parses again.
///
/// # Errors
/// What is not the same, with the texts.
pub fn check(source: &[u8], options: &Options<'_>) -> Result<(), String> {
    let arena = Bump::new();
    let first = parse(&arena, source, options).map_err(|error| describe(source, &error))?;
    let printed = print_program(&first);
    let arena = Bump::new();
    let second = parse(&arena, &printed, options)
        .map_err(|error| format!("printed: {}", describe(&printed, &error)))?;
    let again = print_program(&second);
    if printed != again {
        return Err(difference("printed twice", &printed, &again));
    }
    let (scopes, scopes_again) = (print_scopes(&first), print_scopes(&second));
    if scopes != scopes_again {
        return Err(difference(
            "scopes",
            scopes.as_bytes(),
            scopes_again.as_bytes(),
        ));
    }
    let trees = (to_estree_json(&first), to_estree_json(&second));
    // Trees too deep for the JSON reader are compared by their texts alone.
    if let (Ok(one), Ok(two)) = (
        serde_json::from_str(&trees.0),
        serde_json::from_str(&trees.1),
    ) {
        let (one, two): (Value, Value) = (plain(one), plain(two));
        if one != two {
            let text = |value: &Value| format!("{value:#}").into_bytes();
            return Err(difference("trees", &text(&one), &text(&two)));
        }
    }
    Ok(())
}

fn describe(source: &[u8], error: &Diagnostic) -> String {
    format!(
        "{}\n{}",
        error.render("x.js", source),
        String::from_utf8_lossy(source)
    )
}

/// The first lines that differ.
fn difference(what: &str, one: &[u8], two: &[u8]) -> String {
    let (one, two) = (String::from_utf8_lossy(one), String::from_utf8_lossy(two));
    let found = one.lines().zip(two.lines()).find(|(a, b)| a != b);
    let (a, b) = found.unwrap_or(("an end", "another end"));
    format!("{what} differ:\n{a}\n{b}\nin\n{one}")
}

/// A tree without positions, parentheses and the spelling of literals.
fn plain(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        Value::Object(mut fields) => {
            let is = |kind| fields.get("type").is_some_and(|found| *found == kind);
            if is("ParenthesizedExpression")
                && let Some(inner) = fields.remove("expression")
            {
                return plain(inner);
            }
            for key in ["start", "end", "raw"] {
                fields.remove(key);
            }
            let fields = fields.into_iter().map(|(key, value)| (key, plain(value)));
            Value::Object(fields.collect())
        }
        other => other,
    }
}
