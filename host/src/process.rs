//! The `process` object, as far as programs without Node builtins need it.

use crate::state::{Tick, state};
use sarus_runtime::abstract_ops::{
    create_data_property_or_throw, define_property_or_throw, get_str, to_int32, to_string,
};
use sarus_runtime::function::NativeFn;
use sarus_runtime::{Agent, Attributes, CallArgs, JsResult, Object, PropertyDescriptor, Value};
use std::io::Write;

/// The Node version whose behaviour programs get.
pub const NODE_VERSION: &str = "v20.20.2";

/// Defines `process` on the global object.
pub fn define(agent: &mut Agent, global: Object) -> JsResult<()> {
    let process = agent.new_plain_object();
    state(agent).process = process.into();
    let text = |agent: &mut Agent, o: Object, name: &str, v: &str| {
        let (key, v) = (agent.key(name), agent.string_value(v));
        create_data_property_or_throw(agent, o, key, v)
    };
    text(agent, process, "title", "sarus")?;
    text(agent, process, "version", NODE_VERSION)?;
    text(
        agent,
        process,
        "platform",
        if cfg!(target_os = "macos") {
            "darwin"
        } else {
            std::env::consts::OS
        },
    )?;
    let arch = if cfg!(target_arch = "x86_64") {
        "x64"
    } else {
        "arm64"
    };
    text(agent, process, "arch", arch)?;
    let options = state(agent).options.clone();
    text(agent, process, "execPath", &options.exec_path)?;
    let versions = agent.new_plain_object();
    text(
        agent,
        versions,
        "node",
        NODE_VERSION.trim_start_matches('v'),
    )?;
    text(agent, versions, "sarus", env!("CARGO_PKG_VERSION"))?;
    let value = |agent: &mut Agent, o: Object, name: &str, v: Value| {
        let key = agent.key(name);
        create_data_property_or_throw(agent, o, key, v)
    };
    value(agent, process, "versions", versions.into())?;
    value(
        agent,
        process,
        "pid",
        Value::number(std::process::id() as f64),
    )?;
    value(agent, process, "exitCode", Value::UNDEFINED)?;
    let mut argv = vec![options.exec_path.clone()];
    argv.extend(options.argv);
    let argv = string_array(agent, &argv);
    value(agent, process, "argv", argv.into())?;
    let exec_argv = string_array(agent, &options.exec_argv);
    value(agent, process, "execArgv", exec_argv.into())?;
    let env = agent.new_plain_object();
    for (name, v) in std::env::vars_os() {
        text(agent, env, &name.to_string_lossy(), &v.to_string_lossy())?;
    }
    value(agent, process, "env", env.into())?;
    for (name, error) in [("stdout", false), ("stderr", true)] {
        let stream = agent.new_plain_object();
        let write: NativeFn = if error { write_stderr } else { write_stdout };
        methods(agent, stream, &[("write", 1, write)])?;
        value(agent, stream, "isTTY", Value::FALSE)?;
        value(agent, process, name, stream.into())?;
    }
    methods(
        agent,
        process,
        &[
            ("exit", 1, exit),
            ("nextTick", 1, next_tick),
            ("cwd", 0, cwd),
            ("uptime", 0, |agent, _| {
                Ok(Value::number(state(agent).start.elapsed().as_secs_f64()))
            }),
            ("hrtime", 1, hrtime),
            ("memoryUsage", 0, memory_usage),
            ("emitWarning", 1, emit_warning),
            ("on", 2, |_, cx| Ok(cx.this())),
            ("once", 2, |_, cx| Ok(cx.this())),
            ("off", 2, |_, cx| Ok(cx.this())),
            ("removeListener", 2, |_, cx| Ok(cx.this())),
            ("emit", 2, |_, _| Ok(Value::FALSE)),
        ],
    )?;
    let hrtime = get_str(agent, process, "hrtime")?;
    if let Some(h) = hrtime.as_object() {
        methods(agent, h, &[("bigint", 0, hrtime_bigint)])?;
    }
    let key = agent.key("process");
    define_property_or_throw(
        agent,
        global,
        key,
        &PropertyDescriptor::data(process.into(), Attributes::WC),
    )
}

fn methods(agent: &mut Agent, o: Object, list: &[(&str, u32, NativeFn)]) -> JsResult<()> {
    for &(name, length, f) in list {
        let f = agent.new_native_function(name, length, f);
        let key = agent.key(name);
        create_data_property_or_throw(agent, o, key, f.into())?;
    }
    Ok(())
}

fn string_array(agent: &mut Agent, items: &[String]) -> Object {
    let mut list = agent.heap.root_vec::<Value>();
    for s in items {
        let v = agent.string_value(s);
        list.push(v);
    }
    agent.new_array_from(&list)
}

/// The exit code that `process.exitCode` asks for.
pub fn requested_exit_code(agent: &mut Agent) -> i32 {
    let Some(p) = state(agent).process.as_object() else {
        return 0;
    };
    match get_str(agent, p, "exitCode") {
        Ok(v) if !v.is_nullish() => to_int32(agent, v).unwrap_or(0),
        _ => 0,
    }
}

/// `process.exit`: stops the program with an uncatchable termination.
fn exit(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let code = if cx.arg(0).is_undefined() {
        requested_exit_code(agent)
    } else {
        to_int32(agent, cx.arg(0))?
    };
    state(agent).exit_code = Some(code);
    Err(agent.raise_fault(sarus_runtime::Fault::Terminated))
}

fn next_tick(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if !cx.arg(0).is_callable() {
        let received = crate::report::received(agent, cx.arg(0));
        return Err(agent.type_error(format!(
            "The \"callback\" argument must be of type function. Received {received}"
        )));
    }
    let arguments = agent.new_array_from(cx.rest(1)).into();
    state(agent).ticks.push_back(Tick {
        callback: cx.arg(0),
        arguments,
    });
    Ok(Value::UNDEFINED)
}

fn cwd(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    match std::env::current_dir() {
        Ok(p) => Ok(agent.string_value(&p.to_string_lossy())),
        Err(e) => Err(agent.throw_error(
            sarus_runtime::error::ErrorType::Error,
            &format!("ENOENT: no such file or directory, uv_cwd ({e})"),
        )),
    }
}

fn nanoseconds(agent: &mut Agent) -> u128 {
    state(agent).start.elapsed().as_nanos()
}

fn hrtime(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let now = nanoseconds(agent);
    let mut seconds = (now / 1_000_000_000) as f64;
    let mut nanos = (now % 1_000_000_000) as f64;
    if let Some(previous) = cx.arg(0).as_object() {
        let list =
            sarus_runtime::abstract_ops::create_list_from_array_like(agent, previous.into())?;
        let part = |i: usize| list.get(i).and_then(|v| v.as_number()).unwrap_or(0.0);
        seconds -= part(0);
        nanos -= part(1);
        if nanos < 0.0 {
            seconds -= 1.0;
            nanos += 1e9;
        }
    }
    Ok(agent
        .new_array_from(&[Value::number(seconds), Value::number(nanos)])
        .into())
}

fn hrtime_bigint(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    let now = nanoseconds(agent);
    Ok(agent.new_bigint(now.into()).into())
}

fn memory_usage(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    let o = agent.new_plain_object();
    let used = agent.heap.used_bytes() as f64;
    for name in ["rss", "heapTotal", "heapUsed", "external", "arrayBuffers"] {
        let key = agent.key(name);
        let v = if name == "external" || name == "arrayBuffers" {
            0.0
        } else {
            used
        };
        create_data_property_or_throw(agent, o, key, Value::number(v))?;
    }
    Ok(o.into())
}

fn emit_warning(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let text = to_string(agent, cx.arg(0))?.to_rust_string(agent);
    sarus_gc::note!("(sarus:{}) Warning: {text}", std::process::id());
    Ok(Value::UNDEFINED)
}

fn write_stdout(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let text = to_string(agent, cx.arg(0))?.to_rust_string(agent);
    if state(agent).options.capture_output {
        state(agent).output.push(text);
    } else {
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }
    Ok(Value::TRUE)
}

fn write_stderr(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let text = to_string(agent, cx.arg(0))?.to_rust_string(agent);
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
    Ok(Value::TRUE)
}
