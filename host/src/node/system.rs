//! Facts about the machine and the process: the native half of `os` and `process`.

use super::{methods, number_property, text_property};
use sarus_runtime::function::NativeFn;
use sarus_runtime::{Agent, CallArgs, JsResult, Value};
use std::fs;

pub static FUNCTIONS: &[(&str, u32, NativeFn)] = &[
    ("system", 0, system),
    ("randomBytes", 1, random_bytes),
    ("chdir", 1, |agent, cx| {
        let path = super::text_argument(agent, cx, 0)?;
        match std::env::set_current_dir(&path) {
            Ok(()) => Ok(Value::UNDEFINED),
            Err(e) => Err(agent.throw_error(
                sarus_runtime::error::ErrorType::Error,
                &format!("ENOENT: no such file or directory, chdir '{path}' ({e})"),
            )),
        }
    }),
    ("isTerminal", 1, |_, cx| {
        use std::io::IsTerminal;
        Ok(Value::bool(
            match super::number_argument(cx, 0, -1.0) as i32 {
                0 => std::io::stdin().is_terminal(),
                1 => std::io::stdout().is_terminal(),
                2 => std::io::stderr().is_terminal(),
                _ => false,
            },
        ))
    }),
];

fn line_of(path: &str) -> String {
    fs::read_to_string(path)
        .map(|s| s.trim().to_string())
        .unwrap_or_default()
}

/// A field of /proc/meminfo in bytes.
fn memory(field: &str) -> f64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    text.lines()
        .find_map(|l| l.strip_prefix(field)?.strip_prefix(':'))
        .and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<f64>().ok())
        .map_or(0.0, |kb| kb * 1024.0)
}

/// An object with what `os` tells.
fn system(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    let o = agent.new_plain_object();
    text_property(agent, o, "hostname", &line_of("/proc/sys/kernel/hostname"))?;
    text_property(agent, o, "release", &line_of("/proc/sys/kernel/osrelease"))?;
    text_property(agent, o, "version", &line_of("/proc/sys/kernel/version"))?;
    let kind = if cfg!(target_os = "macos") {
        "Darwin"
    } else if cfg!(windows) {
        "Windows_NT"
    } else {
        "Linux"
    };
    text_property(agent, o, "type", kind)?;
    let machine = std::env::consts::ARCH;
    text_property(agent, o, "machine", machine)?;
    let cpus = std::thread::available_parallelism().map_or(1, |n| n.get());
    number_property(agent, o, "cpus", cpus as f64)?;
    number_property(agent, o, "totalmem", memory("MemTotal"))?;
    number_property(agent, o, "freemem", memory("MemAvailable"))?;
    let uptime = line_of("/proc/uptime");
    let uptime = uptime.split(' ').next().and_then(|s| s.parse().ok());
    number_property(agent, o, "uptime", uptime.unwrap_or(0.0))?;
    let load = line_of("/proc/loadavg");
    let list: Vec<Value> = load
        .split(' ')
        .take(3)
        .map(|s| Value::number(s.parse().unwrap_or(0.0)))
        .collect();
    let list = agent.new_array_from(&list);
    let key = agent.key("loadavg");
    sarus_runtime::abstract_ops::create_data_property_or_throw(agent, o, key, list.into())?;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let id = |field: &str| {
        status
            .lines()
            .find_map(|l| l.strip_prefix(field))
            .and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    number_property(agent, o, "uid", id("Uid:"))?;
    number_property(agent, o, "gid", id("Gid:"))?;
    let parent = status
        .lines()
        .find_map(|l| l.strip_prefix("PPid:"))
        .and_then(|l| l.trim().parse::<f64>().ok());
    number_property(agent, o, "ppid", parent.unwrap_or(0.0))?;
    methods(agent, o, &[])?;
    Ok(o.into())
}

/// Fills a Uint8Array with random bytes of the system.
fn random_bytes(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    use std::io::Read;
    let count = super::number_argument(cx, 0, 0.0).clamp(0.0, 65536.0) as usize;
    let mut bytes = vec![0; count];
    match fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut bytes)) {
        Ok(()) => super::bytes::new_bytes(agent, &bytes),
        Err(e) => Err(agent.throw_error(
            sarus_runtime::error::ErrorType::Error,
            &format!("no random bytes: {e}"),
        )),
    }
}
