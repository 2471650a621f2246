//! The `sarus` driver: runs JavaScript files, code from the command line and standard input.

mod dump;

use sarus::explain::Explain;
use sarus::options::{self, Options};
use sarus::{AgentOptions, Ending, Engine, EngineOptions, HostOptions};
use sarus_host::{modules, process, report};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Exit code of wrong usage and unreadable input.
const USAGE: u8 = 9;
/// Exit code of an uncaught exception, as Node's.
const UNCAUGHT: u8 = 1;
/// Exit code of an engine fault (Node ends with SIGABRT there; sarus ends in order).
const FAULT: u8 = 5;

fn main() -> ExitCode {
    let options = match options::parse(std::env::args().skip(1)) {
        Ok(o) => o,
        Err(message) => return fail(USAGE, &message),
    };
    if options.help {
        out(&options::help());
        return ExitCode::SUCCESS;
    }
    if options.version {
        out(&format!("sarus v{}\n", env!("CARGO_PKG_VERSION")));
        return ExitCode::SUCCESS;
    }
    let input = match Input::read(&options) {
        Ok(i) => i,
        Err(message) => return fail(USAGE, &message),
    };
    if let Some(code) = dump::run(&options, &input) {
        return code;
    }
    run(&options, &input)
}

/// Writes to standard output; a reader that has gone away wants no more.
fn out(text: &str) {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn fail(code: u8, message: &str) -> ExitCode {
    sarus_gc::note!("sarus: {message}");
    ExitCode::from(code)
}

/// The program to run.
struct Input {
    /// Name for messages.
    name: String,
    /// The file, if it is one.
    path: Option<PathBuf>,
    /// The text.
    source: Vec<u8>,
}

impl Input {
    fn read(options: &Options) -> Result<Input, String> {
        let input = match (&options.eval, &options.file) {
            (Some(code), _) => Input {
                name: "[eval]".into(),
                path: None,
                source: code.clone().into_bytes(),
            },
            (None, Some(file)) if file != "-" => {
                let path = modules::resolve_main(Path::new(file))?;
                let source =
                    std::fs::read(&path).map_err(|e| format!("cannot read '{file}': {e}"))?;
                Input {
                    name: path.to_string_lossy().into_owned(),
                    path: Some(path),
                    source,
                }
            }
            _ => {
                let mut source = Vec::new();
                std::io::stdin()
                    .read_to_end(&mut source)
                    .map_err(|e| format!("cannot read standard input: {e}"))?;
                Input {
                    name: "[stdin]".into(),
                    path: None,
                    source,
                }
            }
        };
        if let Err(e) = std::str::from_utf8(&input.source) {
            return Err(format!(
                "'{}' is not valid UTF-8: byte {} starts no character",
                input.name,
                e.valid_up_to()
            ));
        }
        Ok(input)
    }
}

fn engine_options(options: &Options, input: &Input) -> EngineOptions {
    let mut agent = AgentOptions {
        trace_ic: options.trace_ic,
        expose_gc: options.expose_gc,
        features: options.features,
        tier: options.tier.clone(),
        lazy: !options.no_lazy,
        ..Default::default()
    };
    if let Some(mb) = options.max_heap_size {
        agent.heap.max_heap_bytes = mb.saturating_mul(1 << 20);
    }
    if let Some(n) = options.stack_size {
        agent.stack_size = n;
    }
    agent.heap.generations = options.generations;
    agent.heap.gc_stress = options.gc_stress;
    agent.heap.verify = options.gc_verify;
    agent.heap.trace = options.trace_gc;
    agent.heap.record = options.tier.explain;
    let mut argv = Vec::new();
    if let Some(p) = &input.path {
        argv.push(p.to_string_lossy().into_owned());
    }
    argv.extend(options.args.iter().cloned());
    let exec_path = std::env::current_exe()
        .map_or_else(|_| "sarus".into(), |p| p.to_string_lossy().into_owned());
    EngineOptions {
        agent,
        host: HostOptions {
            argv,
            exec_path,
            exec_argv: Vec::new(),
            conditions: options.conditions.clone(),
            expose_gc: options.expose_gc,
            test262: options.test262_host,
            capture_output: false,
        },
    }
}

fn run(options: &Options, input: &Input) -> ExitCode {
    let mut engine = match Engine::new(engine_options(options, input)) {
        Ok(e) => e,
        Err(message) => return fail(FAULT, &message),
    };
    if let Some(ms) = options.timeout {
        let handle = engine.agent().termination_handle();
        std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(ms));
            handle.terminate();
        });
    }
    let started = Instant::now();
    let explain = options
        .tier
        .explain
        .then(|| Explain::start(engine.agent(), options, &input.name));
    let code = run_in(&mut engine, options, input);
    if let Some(explain) = explain {
        match explain.finish(engine.agent(), code) {
            Ok(path) => sarus_gc::note!("sarus: the page is {}", path.display()),
            Err(e) => sarus_gc::note!("sarus: cannot write the page: {e}"),
        }
    }
    if options.stats {
        let s = engine.agent().heap.stats();
        sarus_gc::note!("heap: {s:?}");
        let c = engine.agent().code_counts;
        sarus_gc::note!(
            "functions: {} in the sources, {} compiled at load, {} at a first call",
            c.functions,
            c.compiled_at_load,
            c.compiled_later
        );
        if options.tier.enabled {
            let tier = sarus_interp::tier::stats::report(engine.agent(), started.elapsed());
            sarus_gc::note!("{}", tier.trim_end());
        }
    }
    if let Some(file) = &options.exit_coverage
        && let Err(e) = sarus_interp::tier::coverage::append(Path::new(file))
    {
        sarus_gc::note!("sarus: cannot write '{file}': {e}");
    }
    // The process ends here: dropping the heap cell by cell would only cost time.
    use std::io::Write;
    let _ = std::io::stdout().flush();
    std::process::exit(code.into())
}

fn run_in(engine: &mut Engine, options: &Options, input: &Input) -> u8 {
    for name in &options.require {
        let result = modules::cjs::require_main(engine.agent(), name).map(|_| ());
        if let Some(code) = finish(engine, result) {
            return code;
        }
    }
    let result = start(engine, options, input);
    if let Some(code) = finish(engine, result) {
        return code;
    }
    match engine.run_event_loop() {
        Ending::Finished => process::requested_exit_code(engine.agent()) as u8,
        Ending::Exit(code) => code as u8,
        Ending::Uncaught => UNCAUGHT,
        Ending::Fault => {
            report::fault(engine.agent());
            FAULT
        }
    }
}

/// Runs the synchronous part of the program.
fn start(engine: &mut Engine, options: &Options, input: &Input) -> sarus::JsResult<()> {
    let agent = engine.agent();
    match &input.path {
        Some(path) if options.test262_host && !options.module => {
            sarus_runtime::script::evaluate_script(agent, &input.source, &path.to_string_lossy())
                .map(|_| ())
        }
        Some(path) => modules::run_main(agent, path, &input.source, options.module),
        None if options.module => {
            let path = std::env::current_dir().unwrap_or_default().join("[eval1]");
            modules::run_main(agent, &path, &input.source, true)
        }
        None => {
            modules::cjs::define_repl_globals(agent)?;
            let v = sarus_runtime::script::evaluate_script(agent, &input.source, &input.name)?;
            if options.print {
                let text = sarus_host::console::inspect_top_level(agent, v);
                out(&format!("{text}\n"));
            }
            Ok(())
        }
    }
}

/// The exit code when the result is a throw (which is reported) or `process.exit` was called.
fn finish(engine: &mut Engine, result: sarus::JsResult<()>) -> Option<u8> {
    match sarus_host::event_loop::settle(engine.agent(), result) {
        Ok(()) => None,
        Err(Ending::Exit(code)) => Some(code as u8),
        Err(Ending::Fault) => {
            report::fault(engine.agent());
            Some(FAULT)
        }
        Err(_) => Some(UNCAUGHT),
    }
}
