//! Reports for people: uncaught errors with source excerpt, engine faults, argument descriptions.

use crate::console::inspect;
use crate::state::state;
use sarus_runtime::abstract_ops::{display_value, get_str, type_of};
use sarus_runtime::kind::CellKind;
use sarus_runtime::{Agent, Fault, Value};

/// Prints an uncaught exception as Node does: place, source line, caret, stack.
pub fn uncaught(agent: &mut Agent, error: Value) {
    let text = describe_uncaught(agent, error);
    eprintln!("{text}\n\nsarus v{}", env!("CARGO_PKG_VERSION"));
}

/// The text of an uncaught exception.
pub fn describe_uncaught(agent: &mut Agent, error: Value) -> String {
    let body = inspect(agent, error);
    if !error.as_object().is_some_and(|o| o.is(CellKind::Error)) {
        return format!("Uncaught:\n{body}\n(Use `throw new Error(...)` to get a stack trace)");
    }
    match excerpt(agent, error) {
        Some(place) => format!("{place}\n\n{body}"),
        None => body,
    }
}

/// `file:line`, the source line and a caret, from the first stack frame that has a file.
fn excerpt(agent: &mut Agent, error: Value) -> Option<String> {
    let o = error.as_object()?;
    let stack = get_str(agent, o, "stack")
        .ok()?
        .as_string()?
        .to_rust_string(agent);
    let frame = stack.lines().find(|l| l.trim_start().starts_with("at "))?;
    let place = frame.trim_start().trim_start_matches("at ");
    let place = place
        .rsplit_once(" (")
        .map_or(place, |(_, p)| p.trim_end_matches(')'));
    let place = place.strip_prefix("file://").unwrap_or(place);
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
    let text = std::fs::read_to_string(file).ok()?;
    let source = text.lines().nth(line.checked_sub(1)?)?;
    if source.len() > 400 {
        return Some(format!("{file}:{line}"));
    }
    let indent: String = source
        .chars()
        .take(column.saturating_sub(1))
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    Some(format!("{file}:{line}\n{source}\n{indent}^"))
}

/// Prints an unhandled rejection as Node does.
pub fn unhandled_rejection(agent: &mut Agent, promise: Value) {
    let reason = promise.as_object().map_or(
        Value::UNDEFINED,
        sarus_runtime::builtins::promise::promise_result,
    );
    if reason.as_object().is_some_and(|o| o.is(CellKind::Error)) {
        return uncaught(agent, reason);
    }
    let text = inspect(agent, reason);
    eprintln!(
        "[UnhandledPromiseRejection: This error originated either by throwing inside of an async function without a \
         catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the \
         reason \"{text}\".] {{\n  code: 'ERR_UNHANDLED_REJECTION'\n}}\n\nsarus v{}",
        env!("CARGO_PKG_VERSION")
    );
}

/// Prints an engine fault: what limit was reached, the JavaScript stack, the biggest kinds of cells.
pub fn fault(agent: &mut Agent) {
    match agent.fault.take() {
        Some(Fault::HeapLimit) => {
            let mb = agent.heap.config().max_heap_bytes >> 20;
            eprintln!("sarus: the heap limit of {mb} MB was reached (see --max-heap-size)");
            let mut census = agent.heap.census();
            census.sort_by_key(|k| std::cmp::Reverse(k.bytes));
            for k in census.iter().take(5) {
                eprintln!(
                    "  {:>10} cells of kind {:<16} {:>8} KB",
                    k.cells,
                    k.kind,
                    k.bytes >> 10
                );
            }
        }
        Some(Fault::Terminated) => eprintln!("sarus: the program was terminated"),
        Some(Fault::Internal(message)) => eprintln!("sarus: internal error: {message}"),
        None => {}
    }
    let _ = state(agent);
}

/// "Received …" of Node's argument errors.
pub fn received(agent: &mut Agent, v: Value) -> String {
    if v.is_nullish() {
        return display_value(agent, v);
    }
    if let Some(o) = v.as_object() {
        if o.is_callable() {
            let name = sarus_runtime::abstract_ops::function_name(agent, o);
            return format!("function {name}");
        }
        let name = sarus_runtime::abstract_ops::constructor_name(agent, o);
        return format!("an instance of {name}");
    }
    let text = inspect(agent, v);
    format!("type {} ({text})", type_of(v))
}
