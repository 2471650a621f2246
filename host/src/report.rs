//! Reports for people: uncaught errors with source excerpt, engine faults, argument descriptions.

use crate::console::inspect;
use crate::state::state;
use sarus_runtime::abstract_ops::{constructor_name, display_value, to_string, type_of};
use sarus_runtime::builtins::error_stack::stored_trace;
use sarus_runtime::code::{Op, SourceText};
use sarus_runtime::kind::CellKind;
use sarus_runtime::stack_trace::{Place, Trace};
use sarus_runtime::{Agent, Fault, Value};
use std::sync::Arc;

/// Prints an uncaught exception as Node does: place, source line, caret, stack.
pub fn uncaught(agent: &mut Agent, error: Value) {
    let text = describe_uncaught(agent, error);
    sarus_gc::note!("{text}\n\nsarus v{}", env!("CARGO_PKG_VERSION"));
}

/// The text of an uncaught exception.
pub fn describe_uncaught(agent: &mut Agent, error: Value) -> String {
    let place = std::mem::take(&mut agent.thrown_at);
    describe(agent, error, place)
}

/// The text of an error that nobody caught, thrown at `place`.
fn describe(agent: &mut Agent, error: Value, place: Place) -> String {
    let is_error = error.as_object().is_some_and(|o| o.is(CellKind::Error));
    let early = match &place {
        Place::Source(source, start, _) => {
            let at = source.line_column(*start);
            Some(format!("    at {}:{}:{}", source.name, at.line, at.column))
        }
        _ => None,
    };
    let range = range_of_place(place).or_else(|| range_of_trace(agent, error));
    let excerpt = range.map(|(source, start, end)| excerpt(&source, start, end));
    if !is_error {
        let text = match error.is_object() || error.is_symbol() {
            true => inspect(agent, error),
            false => match to_string(agent, error) {
                Ok(s) => s.to_rust_string(agent),
                Err(_) => String::new(),
            },
        };
        let hint = if error.is_object() {
            ""
        } else {
            "\n(Use `throw new Error(...)` to get a stack trace)"
        };
        return match excerpt {
            Some(place) => format!("{place}\n{text}{hint}"),
            None => format!("Uncaught:\n{text}{hint}"),
        };
    }
    let mut body = inspect(agent, error);
    if let Some(line) = early {
        // The trace of an early error is that of who asked for the source.
        let at = match body.find("\n    at ") {
            Some(at) => at,
            None => {
                if body.starts_with('[') && body.ends_with(']') {
                    body = body[1..body.len() - 1].to_string();
                }
                body.len()
            }
        };
        body.insert_str(at, &format!("\n{line}"));
    }
    match excerpt {
        Some(place) => format!("{place}\n\n{body}"),
        None => body,
    }
}

/// A range of bytes of a source.
type Range = (Arc<SourceText>, u32, u32);

/// The text that an exception's place stands for; None where an exception only passed on its way out of `finally`.
fn range_of_place(place: Place) -> Option<Range> {
    match place {
        Place::Unknown => None,
        Place::Source(source, start, end) => Some((source, start, end)),
        Place::Code(code, offset) => {
            let block = code.block();
            let point = block.source_map.lookup(offset)?.point;
            let word = *block.words.get(offset as usize)?;
            let rethrown = Op::from_u8(word as u8) == Some(Op::Throw)
                && !block
                    .source
                    .text
                    .get(point as usize..)?
                    .starts_with(b"throw");
            (!rethrown).then(|| (block.source.clone(), point, point + 1))
        }
    }
}

/// Where an error was made.
fn range_of_trace(agent: &mut Agent, error: Value) -> Option<Range> {
    let trace = stored_trace(agent, error.as_object()?);
    let frame = Trace::of_value(trace)?
        .frames()
        .find(|f| f.code.is_some())?;
    let code = frame.code?;
    let point = code.block().source_map.lookup(frame.offset)?.point;
    Some((code.block().source.clone(), point, point + 1))
}

/// `file:line`, the source line and carets.
fn excerpt(source: &SourceText, start: u32, end: u32) -> String {
    let name = match &*source.name {
        "<anonymous>" | "" => "<anonymous_script>",
        name => name,
    };
    let at = source.excerpt(start, end);
    format!("{name}:{}\n{}\n{}", at.line, at.text, at.marks)
}

/// Prints an unhandled rejection as Node does.
pub fn unhandled_rejection(agent: &mut Agent, promise: Value) {
    let reason = promise.as_object().map_or(
        Value::UNDEFINED,
        sarus_runtime::builtins::promise::promise_result,
    );
    let text = describe_rejection(agent, reason);
    sarus_gc::note!("{text}\n\nsarus v{}", env!("CARGO_PKG_VERSION"));
}

/// The text of an unhandled rejection.
fn describe_rejection(agent: &mut Agent, reason: Value) -> String {
    if reason.as_object().is_some_and(|o| o.is(CellKind::Error)) {
        return describe(agent, reason, Place::Unknown);
    }
    let text = match reason.as_object() {
        Some(o) if !o.is_callable() => format!("#<{}>", constructor_name(agent, o)),
        _ => display_value(agent, reason),
    };
    let text = text.trim_matches('"');
    format!(
        "UnhandledPromiseRejection: This error originated either by throwing inside of an async function without a \
         catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the \
         reason \"{text}\". {{\n  code: 'ERR_UNHANDLED_REJECTION'\n}}"
    )
}

/// Prints an engine fault: what limit was reached, the JavaScript stack, the biggest kinds of cells.
pub fn fault(agent: &mut Agent) {
    match agent.fault.take() {
        Some(Fault::HeapLimit) => {
            let mb = agent.heap.config().max_heap_bytes >> 20;
            sarus_gc::note!("sarus: the heap limit of {mb} MB was reached (see --max-heap-size)");
            let mut census = agent.heap.census();
            census.sort_by_key(|k| std::cmp::Reverse(k.bytes));
            for k in census.iter().take(5) {
                sarus_gc::note!(
                    "  {:>10} cells of kind {:<16} {:>8} KB",
                    k.cells,
                    k.kind,
                    k.bytes >> 10
                );
            }
        }
        Some(Fault::Terminated) => sarus_gc::note!("sarus: the program was terminated"),
        Some(Fault::Internal(message)) => sarus_gc::note!("sarus: internal error: {message}"),
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
