//! The seam between the runner and what runs the tests.
//!
//! A [`Host`] executes one prepared [`TestCase`] and says what happened; [`judge`] alone decides whether that
//! is a pass, so that every host is measured by the same rules
//! (<https://github.com/tc39/test262/blob/main/INTERPRETING.md>).

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use crate::metadata::{Metadata, Phase};
use crate::suite::{Harness, HarnessFile, Suite};

/// How a test's source is interpreted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As a script.
    Sloppy,
    /// As a script with `"use strict";` in front.
    Strict,
    /// As a module.
    Module,
    /// As a script, unmodified and without harness.
    Raw,
}

impl Mode {
    const ALL: [Mode; 4] = [Mode::Sloppy, Mode::Strict, Mode::Module, Mode::Raw];

    /// The mode's name in the worker protocol and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Sloppy => "sloppy",
            Mode::Strict => "strict",
            Mode::Module => "module",
            Mode::Raw => "raw",
        }
    }

    /// The mode called `name`.
    pub fn from_name(name: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// The modes in which a test with this metadata has to pass.
    pub fn of(metadata: &Metadata) -> &'static [Mode] {
        let flags = metadata.flags;
        if flags.module {
            &[Mode::Module]
        } else if flags.raw {
            &[Mode::Raw]
        } else if flags.only_strict {
            &[Mode::Strict]
        } else if flags.no_strict {
            &[Mode::Sloppy]
        } else {
            &[Mode::Sloppy, Mode::Strict]
        }
    }
}

/// One test in one mode, ready to run.
#[derive(Debug)]
pub struct TestCase {
    /// The file, absolute: module specifiers are relative to it.
    pub file: PathBuf,
    /// How to interpret the source.
    pub mode: Mode,
    /// The test's frontmatter.
    pub metadata: Metadata,
    /// The test's text, with the strict-mode directive if the mode asks for it.
    pub source: String,
    /// The harness files to evaluate first, in order, as scripts of their own.
    pub harness: Vec<Rc<HarnessFile>>,
}

impl TestCase {
    /// Reads the test at `path` and its harness files.
    pub fn load(
        suite: &Suite,
        harness: &mut Harness,
        path: &str,
        mode: Mode,
    ) -> Result<TestCase, String> {
        let file = suite.file(path);
        let bytes = fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let text = String::from_utf8_lossy(&bytes);
        let metadata = Metadata::parse(&text);
        let mut files = Vec::new();
        if !metadata.flags.raw {
            files.push(harness.get("assert.js")?);
            files.push(harness.get("sta.js")?);
            if metadata.flags.is_async {
                files.push(harness.get("doneprintHandle.js")?);
            }
            for name in &metadata.includes {
                files.push(harness.get(name)?);
            }
        }
        let source = match mode {
            Mode::Strict => format!("\"use strict\";\n{text}"),
            Mode::Sloppy | Mode::Module | Mode::Raw => text.into_owned(),
        };
        Ok(TestCase {
            file,
            mode,
            metadata,
            source,
            harness: files,
        })
    }
}

/// An error that ended a test.
#[derive(Clone, Debug, Default)]
pub struct Thrown {
    /// When it occurred; `None` if the host cannot tell.
    pub phase: Option<Phase>,
    /// The name of the thrown value's constructor, empty if it has none.
    pub name: String,
    /// A description for people.
    pub message: String,
}

/// What happened when a test ran.
#[derive(Clone, Debug, Default)]
pub struct Execution {
    /// The uncaught error, if any.
    pub error: Option<Thrown>,
    /// What the test handed to `print`, in order.
    pub output: Vec<String>,
}

/// Something that can run tests.
pub trait Host {
    /// Takes out of a test's metadata what the host cannot observe.
    fn adapt(&self, _metadata: &mut Metadata) {}

    /// Runs `test` in a fresh realm.
    fn run(&mut self, test: &TestCase) -> Execution;
}

/// Decides whether `execution` is a pass; `Err` says why it is not.
pub fn judge(test: &TestCase, execution: &Execution) -> Result<(), String> {
    match (&test.metadata.negative, &execution.error) {
        (Some(negative), Some(error)) => {
            if let Some(phase) = error.phase
                && phase != negative.phase
            {
                return Err(format!(
                    "expected {} in phase {}, got {} in phase {}",
                    negative.error,
                    negative.phase.name(),
                    describe(error),
                    phase.name()
                ));
            }
            if error.name != negative.error {
                return Err(format!(
                    "expected {}, got {}",
                    negative.error,
                    describe(error)
                ));
            }
            Ok(())
        }
        (Some(negative), None) => Err(format!(
            "expected {} in phase {}, but it completed",
            negative.error,
            negative.phase.name()
        )),
        (None, Some(error)) => Err(describe(error)),
        (None, None) if test.metadata.flags.is_async => judge_async(&execution.output),
        (None, None) => Ok(()),
    }
}

/// An asynchronous test passes by printing its completion, once and without a failure.
fn judge_async(output: &[String]) -> Result<(), String> {
    const COMPLETE: &str = "Test262:AsyncTestComplete";
    const FAILURE: &str = "Test262:AsyncTestFailure:";
    if let Some(line) = output.iter().find_map(|line| line.strip_prefix(FAILURE)) {
        return Err(line.trim().to_string());
    }
    match output.iter().filter(|line| *line == COMPLETE).count() {
        1 => Ok(()),
        0 => Err("asynchronous test never called $DONE".to_string()),
        _ => Err("asynchronous test called $DONE more than once".to_string()),
    }
}

fn describe(error: &Thrown) -> String {
    match (error.name.is_empty(), error.message.is_empty()) {
        (true, true) => "uncaught exception".to_string(),
        (true, false) => error.message.clone(),
        (false, true) => error.name.clone(),
        (false, false) if error.message.starts_with(&error.name) => error.message.clone(),
        (false, false) => format!("{}: {}", error.name, error.message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(frontmatter: &str) -> TestCase {
        TestCase {
            file: PathBuf::new(),
            mode: Mode::Sloppy,
            metadata: Metadata::parse(&format!("/*---\n{frontmatter}\n---*/")),
            source: String::new(),
            harness: Vec::new(),
        }
    }

    fn threw(phase: Option<Phase>, name: &str) -> Execution {
        Execution {
            error: Some(Thrown {
                phase,
                name: name.into(),
                message: "m".into(),
            }),
            ..Execution::default()
        }
    }

    #[test]
    fn plain_tests() {
        assert!(judge(&case(""), &Execution::default()).is_ok());
        assert_eq!(
            judge(&case(""), &threw(None, "TypeError")),
            Err("TypeError: m".into())
        );
    }

    #[test]
    fn negative_tests() {
        let test = case("negative:\n  phase: parse\n  type: SyntaxError");
        assert!(judge(&test, &threw(Some(Phase::Parse), "SyntaxError")).is_ok());
        assert!(judge(&test, &threw(None, "SyntaxError")).is_ok());
        assert!(judge(&test, &threw(Some(Phase::Runtime), "SyntaxError")).is_err());
        assert!(judge(&test, &threw(Some(Phase::Parse), "TypeError")).is_err());
        assert!(judge(&test, &Execution::default()).is_err());
    }

    #[test]
    fn asynchronous_tests() {
        let test = case("flags: [async]");
        let printed = |lines: &[&str]| {
            let output = lines.iter().map(|s| s.to_string()).collect();
            judge(
                &test,
                &Execution {
                    error: None,
                    output,
                },
            )
        };
        assert!(printed(&["x", "Test262:AsyncTestComplete"]).is_ok());
        assert_eq!(
            printed(&["Test262:AsyncTestFailure:TypeError: no"]),
            Err("TypeError: no".into())
        );
        assert!(printed(&[]).is_err());
        assert!(printed(&["Test262:AsyncTestComplete", "Test262:AsyncTestComplete"]).is_err());
    }

    #[test]
    fn modes() {
        let modes =
            |flags: &str| Mode::of(&Metadata::parse(&format!("/*---\nflags: [{flags}]\n---*/")));
        assert_eq!(modes(""), [Mode::Sloppy, Mode::Strict]);
        assert_eq!(modes("noStrict"), [Mode::Sloppy]);
        assert_eq!(modes("onlyStrict"), [Mode::Strict]);
        assert_eq!(modes("raw"), [Mode::Raw]);
        assert_eq!(modes("module, raw"), [Mode::Module]);
    }
}
