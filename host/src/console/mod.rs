//! `console` and `util.inspect`.
//!
//! The methods write through one function each for standard output and standard error, which also
//! indents what stands in groups.

mod errors;
pub mod format;
pub mod inspect;
mod kinds;
mod layout;
pub mod options;
mod style;
pub mod table;
pub mod util;

use crate::state::state;
use inspect::{inspect_value, plain_text};
use options::InspectOptions;
use sarus_gc::Tracer;
use sarus_runtime::abstract_ops::{
    create_data_property_or_throw, define_property_or_throw, display_value, get_str, to_boolean,
};
use sarus_runtime::function::{NativeFn, set_function_name};
use sarus_runtime::object::data::NativeData;
use sarus_runtime::{
    Agent, Attributes, CallArgs, JsResult, Object, PropertyDescriptor, PropertyKey, Value,
};
use std::cell::RefCell;
use std::io::Write;
use std::time::Instant;

pub use format::format_log_args;
pub use inspect::inspect_function;

/// Text of a value for people, with the default options. What custom inspection throws is dropped.
pub fn inspect(agent: &mut Agent, v: Value) -> String {
    match inspect_value(agent, v, &InspectOptions::default()) {
        Ok(s) => s,
        Err(_) => {
            agent.take_exception();
            display_value(agent, v)
        }
    }
}

/// Text of a value as `-p` prints it: strings as they are.
pub fn inspect_top_level(agent: &mut Agent, v: Value) -> String {
    match v.as_string() {
        Some(s) => s.to_rust_string(agent),
        None => inspect(agent, v),
    }
}

/// What a console remembers.
#[derive(Default)]
struct ConsoleState {
    inner: RefCell<Inner>,
}

#[derive(Default)]
struct Inner {
    indentation: usize,
    counts: Vec<(String, u64)>,
    timers: Vec<(String, Instant)>,
}

impl NativeData for ConsoleState {
    fn trace(&self, _: &mut Tracer) {}
}

/// The methods: name, `length`, function.
static METHODS: &[(&str, u32, NativeFn)] = &[
    ("log", 0, log),
    ("warn", 0, error),
    ("dir", 0, dir),
    ("time", 0, time),
    ("timeEnd", 0, time_end),
    ("timeLog", 0, time_log),
    ("trace", 0, trace),
    ("assert", 0, assert),
    ("clear", 0, |_, _| Ok(Value::UNDEFINED)),
    ("count", 0, count),
    ("countReset", 0, count_reset),
    ("group", 0, group),
    ("groupEnd", 0, group_end),
    ("table", 1, table_method),
    ("debug", 0, log),
    ("info", 0, log),
    ("dirxml", 0, dirxml),
    ("error", 0, error),
    ("groupCollapsed", 0, group),
];

/// Defines `console` on the global object.
pub fn define(agent: &mut Agent, global: Object) -> JsResult<()> {
    // As in browsers, the methods are on the object itself, and an empty object stands between it
    // and Object.prototype.
    let proto = agent.new_plain_object();
    let console = agent.new_object(Some(proto));
    let data = agent.new_plain_data_object(Box::<ConsoleState>::default());
    for &(name, length, f) in METHODS {
        let f = agent.new_native_closure(f, length, data.into());
        let key = agent.key(name);
        set_function_name(agent, f, key, "")?;
        create_data_property_or_throw(agent, console, key, f.into())?;
    }
    let tag = agent.string_value("console");
    let key = PropertyKey::symbol(agent.symbols.to_string_tag);
    define_property_or_throw(
        agent,
        console,
        key,
        &PropertyDescriptor::data(tag, Attributes::C),
    )?;
    let key = agent.key("console");
    define_property_or_throw(
        agent,
        global,
        key,
        &PropertyDescriptor::data(console.into(), Attributes::WC),
    )
}

/// The state of the console a method belongs to.
fn with_state<R>(cx: &CallArgs, f: impl FnOnce(&mut Inner) -> R) -> Option<R> {
    let o = cx.data().as_object()?;
    let state = o.data::<ConsoleState>()?;
    Some(f(&mut state.inner.borrow_mut()))
}

/// The text with the indentation of the groups it stands in.
fn indented(cx: &CallArgs, text: &str) -> String {
    let n = with_state(cx, |s| s.indentation).unwrap_or(0);
    if n == 0 {
        return text.to_string();
    }
    let indentation = " ".repeat(n);
    format!(
        "{indentation}{}",
        text.replace('\n', &format!("\n{indentation}"))
    )
}

fn to_stdout(agent: &mut Agent, cx: &CallArgs, text: &str) {
    let text = indented(cx, text);
    write_line(agent, &text);
}

fn to_stderr(agent: &mut Agent, cx: &CallArgs, text: &str) {
    let text = indented(cx, text);
    if state(agent).options.capture_output {
        state(agent).output.push(text);
        return;
    }
    // Whatever was written before comes first. Closed pipes are no reason to fail.
    let _ = std::io::stdout().flush();
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes a line to standard output, or collects it.
pub fn write_line(agent: &mut Agent, line: &str) {
    let host = state(agent);
    if host.options.capture_output {
        host.output.push(line.to_string());
        return;
    }
    let mut out = std::io::stdout().lock();
    // A closed pipe is no reason to fail.
    let _ = writeln!(out, "{line}");
}

fn format_args(agent: &mut Agent, args: &[Value]) -> JsResult<String> {
    format_log_args(agent, args, &InspectOptions::default())
}

fn log(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let text = format_args(agent, cx.args())?;
    to_stdout(agent, cx, &text);
    Ok(Value::UNDEFINED)
}

fn error(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let text = format_args(agent, cx.args())?;
    to_stderr(agent, cx, &text);
    Ok(Value::UNDEFINED)
}

fn dir(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let mut options = InspectOptions {
        custom_inspect: false,
        ..Default::default()
    };
    if let Some(o) = cx.arg(1).as_object() {
        options.read(agent, o)?;
    }
    let text = inspect_value(agent, cx.arg(0), &options)?;
    to_stdout(agent, cx, &text);
    Ok(Value::UNDEFINED)
}

fn dirxml(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    log(agent, cx)
}

fn trace(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let message = format_args(agent, cx.args())?;
    let error = sarus_runtime::builtins::error::new_error(
        agent,
        sarus_runtime::error::ErrorType::Error,
        &message,
    );
    let stack = get_str(agent, error, "stack")?;
    let stack = plain_text(agent, stack)?;
    let frames = match stack.find("\n    at ") {
        // The first frame is this function.
        Some(at) => match stack[at + 1..].find('\n') {
            Some(next) if stack[at..].starts_with("\n    at trace") => &stack[at + 1 + next..],
            _ => &stack[at..],
        },
        None => "",
    };
    let head = if message.is_empty() {
        "Trace".to_string()
    } else {
        format!("Trace: {message}")
    };
    let text = format!("{head}{frames}");
    to_stderr(agent, cx, &text);
    Ok(Value::UNDEFINED)
}

fn assert(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if to_boolean(cx.arg(0)) {
        return Ok(Value::UNDEFINED);
    }
    let rest = cx.rest(1);
    let text = match rest.first() {
        None => "Assertion failed".to_string(),
        Some(first) if first.is_string() => {
            format!("Assertion failed: {}", format_args(agent, rest)?)
        }
        Some(_) => format!("Assertion failed {}", format_args(agent, rest)?),
    };
    to_stderr(agent, cx, &text);
    Ok(Value::UNDEFINED)
}

/// The label of counters and timers.
fn label(agent: &mut Agent, cx: &CallArgs) -> JsResult<String> {
    if cx.arg(0).is_undefined() {
        return Ok("default".into());
    }
    plain_text(agent, cx.arg(0))
}

fn count(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let label = label(agent, cx)?;
    let n = with_state(cx, |s| match s.counts.iter_mut().find(|c| c.0 == label) {
        Some(c) => {
            c.1 += 1;
            c.1
        }
        None => {
            s.counts.push((label.clone(), 1));
            1
        }
    });
    let text = format!("{label}: {}", n.unwrap_or(1));
    to_stdout(agent, cx, &text);
    Ok(Value::UNDEFINED)
}

fn count_reset(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let label = label(agent, cx)?;
    let found = with_state(cx, |s| match s.counts.iter().position(|c| c.0 == label) {
        Some(i) => {
            s.counts.remove(i);
            true
        }
        None => false,
    });
    if found == Some(false) {
        warn(agent, &format!("Count for '{label}' does not exist"));
    }
    Ok(Value::UNDEFINED)
}

/// A process warning.
fn warn(agent: &mut Agent, text: &str) {
    if !state(agent).options.capture_output {
        sarus_gc::note!("(sarus:{}) Warning: {text}", std::process::id());
    }
}

fn group(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if cx.argc() > 0 {
        log(agent, cx)?;
    }
    with_state(cx, |s| s.indentation += 2);
    Ok(Value::UNDEFINED)
}

fn group_end(_: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    with_state(cx, |s| s.indentation = s.indentation.saturating_sub(2));
    Ok(Value::UNDEFINED)
}

fn table_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    match table::table(agent, cx.arg(0), cx.arg(1))? {
        Some(text) => to_stdout(agent, cx, &text),
        None => return log(agent, cx),
    }
    Ok(Value::UNDEFINED)
}

fn time(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let label = label(agent, cx)?;
    let fresh = with_state(cx, |s| {
        let fresh = s.timers.iter().all(|t| t.0 != label);
        if fresh {
            s.timers.push((label.clone(), Instant::now()));
        }
        fresh
    });
    if fresh == Some(false) {
        warn(
            agent,
            &format!("Label '{label}' already exists for console.time()"),
        );
    }
    Ok(Value::UNDEFINED)
}

fn time_end(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    report_time(agent, cx, true)
}

fn time_log(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    report_time(agent, cx, false)
}

fn report_time(agent: &mut Agent, cx: &CallArgs, end: bool) -> JsResult<Value> {
    let label = label(agent, cx)?;
    let elapsed = with_state(cx, |s| {
        let i = s.timers.iter().position(|t| t.0 == label)?;
        let elapsed = s.timers[i].1.elapsed().as_secs_f64() * 1e3;
        if end {
            s.timers.remove(i);
        }
        Some(elapsed)
    });
    let Some(Some(elapsed)) = elapsed else {
        let name = if end { "timeEnd" } else { "timeLog" };
        warn(
            agent,
            &format!("No such label '{label}' for console.{name}()"),
        );
        return Ok(Value::UNDEFINED);
    };
    let mut text = format!("{label}: {}", duration(elapsed));
    if !end && cx.argc() > 1 {
        text.push(' ');
        text.push_str(&format_args(agent, cx.rest(1))?);
    }
    to_stdout(agent, cx, &text);
    Ok(Value::UNDEFINED)
}

/// Milliseconds as `console.timeEnd` prints them.
fn duration(ms: f64) -> String {
    const SECOND: f64 = 1e3;
    const MINUTE: f64 = 60.0 * SECOND;
    const HOUR: f64 = 60.0 * MINUTE;
    if ms < SECOND {
        let text = format!("{ms:.3}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        return format!("{text}ms");
    }
    if ms < MINUTE {
        return format!("{:.3}s", ms / SECOND);
    }
    let (hours, minutes) = ((ms / HOUR).floor(), ((ms % HOUR) / MINUTE).floor());
    let seconds = (ms % MINUTE) / SECOND;
    if hours > 0.0 {
        format!("{hours}:{minutes:02}:{:02.0} (h:mm:ss)", seconds.floor())
    } else {
        format!("{minutes}:{seconds:06.3} (m:ss.mmm)")
    }
}
