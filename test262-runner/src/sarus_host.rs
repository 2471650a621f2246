//! Runs tests with sarus itself, in the worker's process: a fresh engine for each test.

use sarus::{AgentOptions, Engine, EngineError, EngineOptions, ErrorInfo, HostOptions, Value};

use crate::engine::{Execution, Host, Mode, TestCase, Thrown};
use crate::features;
use crate::metadata::Phase;

/// The engine under test.
#[derive(Debug)]
pub struct SarusHost {
    options: AgentOptions,
}

impl SarusHost {
    /// A host whose engines have the options that `mode` names.
    pub fn new(mode: &str) -> Result<SarusHost, String> {
        let mut options = AgentOptions::default();
        for part in mode.split('+') {
            apply(&mut options, part)?;
        }
        Ok(SarusHost { options })
    }

    fn engine(&self, test: &TestCase) -> Result<Engine, Thrown> {
        let agent = AgentOptions {
            can_block: !test.metadata.flags.can_block_is_false,
            features: features::needed(&test.metadata.features),
            ..self.options.clone()
        };
        let host = HostOptions {
            test262: true,
            capture_output: true,
            argv: vec![test.file.to_string_lossy().into_owned()],
            ..HostOptions::default()
        };
        Engine::new(EngineOptions { agent, host }).map_err(|message| Thrown {
            message,
            ..Thrown::default()
        })
    }
}

/// Applies one part of a mode.
fn apply(options: &mut AgentOptions, mode: &str) -> Result<(), String> {
    let (name, value) = mode.split_once('=').unwrap_or((mode, ""));
    let number = || {
        let number = value.parse::<u32>();
        number.map_err(|_| format!("{mode}: N is not a number"))
    };
    let tier = &mut options.tier;
    match name {
        "default" => {}
        "jitless" => tier.enabled = false,
        "jit" => tier.enabled = true,
        "always-opt" => {
            tier.enabled = true;
            tier.always = true;
        }
        "stress-exits" => tier.stress_exits = number()?,
        "stress-osr" => tier.stress_osr = true,
        "random-thresholds" => {
            tier.enabled = true;
            tier.sync = true;
            tier.random_thresholds = true;
            tier.seed = u64::from(number()?);
        }
        "gc-stress" => options.heap.gc_stress = Some(number()?.max(1)),
        "gc-verify" => options.heap.verify = true,
        "generational" => options.heap.generations = sarus_gc::Generations::On,
        "gc-full" => options.heap.generations = sarus_gc::Generations::Off,
        _ => return Err(format!("unknown mode {mode}")),
    }
    Ok(())
}

impl Host for SarusHost {
    fn run(&mut self, test: &TestCase) -> Execution {
        let mut engine = match self.engine(test) {
            Ok(engine) => engine,
            Err(error) => {
                return Execution {
                    error: Some(error),
                    output: Vec::new(),
                };
            }
        };
        let error = evaluate(&mut engine, test).err();
        Execution {
            error,
            output: engine.take_output(),
        }
    }
}

/// Evaluates the harness, the test, and what the test left for later.
fn evaluate(engine: &mut Engine, test: &TestCase) -> Result<(), Thrown> {
    for file in &test.harness {
        engine
            .eval_script(&file.name, &file.source)
            .map_err(|error| {
                let thrown = thrown(error);
                // An error of the harness is never the one that a test expects.
                Thrown {
                    name: String::new(),
                    message: format!("harness/{}: {} {}", file.name, thrown.name, thrown.message),
                    ..thrown
                }
            })?;
    }
    let value = match test.mode {
        Mode::Module => engine.eval_module(&test.file, test.source.as_bytes()),
        Mode::Sloppy | Mode::Strict | Mode::Raw => {
            engine.eval_script(&test.file.to_string_lossy(), &test.source)
        }
    };
    let value = value.map_err(thrown)?;
    engine.run_jobs().map_err(thrown)?;
    let pending = engine.is_pending(value);
    if test.metadata.flags.is_async || pending {
        // Timers and waits of other agents may still have something to say.
        engine.run_event_loop();
    }
    late_error(engine, test, value)
}

/// A module that awaits fails after its evaluation has returned.
fn late_error(engine: &mut Engine, test: &TestCase, value: Value) -> Result<(), Thrown> {
    if test.mode != Mode::Module {
        return Ok(());
    }
    match engine.rejection(value) {
        Some(error) => Err(describe(error)),
        None => Ok(()),
    }
}

fn thrown(error: EngineError) -> Thrown {
    match error {
        EngineError::Exception(error) => describe(*error),
        EngineError::Fault(fault) => Thrown {
            message: format!("engine fault: {fault:?}"),
            ..Thrown::default()
        },
    }
}

fn describe(error: ErrorInfo) -> Thrown {
    let phase = match error.phase {
        sarus::Phase::Parse => Phase::Parse,
        sarus::Phase::Resolution => Phase::Resolution,
        sarus::Phase::Runtime => Phase::Runtime,
    };
    Thrown {
        phase: Some(phase),
        name: error.name,
        message: error.message,
    }
}
