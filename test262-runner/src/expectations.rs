//! The committed list of tests that are known not to pass.
//!
//! One line per path, sorted, `path # reason`; lines that begin with `#` are comments. Both directions count:
//! a failure that is not listed is unexpected, and so is a listed test that passes.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::pool::{Status, TestResult};

/// How long a generated reason may be.
const REASON_LIMIT: usize = 110;

const HEADER: &str = "\
# Tests of test262 that are known not to pass: path # reason.
# Written by `test262-runner --update-expectations`; a reason edited by hand is kept while its test fails.
";

/// Known failures with their reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    entries: BTreeMap<String, String>,
}

/// How a run differs from what is expected.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Failures that are not listed, with what happened.
    pub failures: Vec<(String, String)>,
    /// Listed tests that pass.
    pub passes: Vec<String>,
}

impl Difference {
    /// Whether the run is as expected.
    pub fn is_empty(&self) -> bool {
        self.failures.is_empty() && self.passes.is_empty()
    }
}

impl Expectations {
    /// Reads the list; a missing file means that everything is expected to pass.
    pub fn load(path: &Path) -> Result<Expectations, String> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Expectations::parse(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Expectations::default()),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    fn parse(text: &str) -> Expectations {
        let entries = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| match line.split_once(" # ") {
                Some((path, reason)) => (path.trim().to_string(), reason.trim().to_string()),
                None => (line.to_string(), String::new()),
            })
            .collect();
        Expectations { entries }
    }

    /// Compares the results of a run, of the whole suite or of a part, to the list.
    pub fn compare(&self, results: &[TestResult]) -> Difference {
        let mut difference = Difference::default();
        for result in results {
            let listed = self.entries.contains_key(&result.path);
            match (result.status == Status::Pass, listed) {
                (true, true) => difference.passes.push(result.path.clone()),
                (false, false) => difference
                    .failures
                    .push((result.path.clone(), reason(result))),
                _ => {}
            }
        }
        difference.failures.sort_unstable();
        difference.passes.sort_unstable();
        difference
    }

    /// Brings the list in line with `results`, keeping the reasons of tests that still fail and all
    /// entries of tests that were not run.
    pub fn update(&mut self, results: &[TestResult]) {
        for result in results {
            if result.status == Status::Pass {
                self.entries.remove(&result.path);
            } else {
                self.entries
                    .entry(result.path.clone())
                    .or_insert_with(|| reason(result));
            }
        }
    }

    /// Drops entries whose test does not exist.
    pub fn retain(&mut self, exists: impl Fn(&str) -> bool) {
        self.entries.retain(|path, _| exists(path));
    }

    /// Writes the list.
    pub fn save(&self, path: &Path) -> Result<(), String> {
        fs::write(path, self.to_text()).map_err(|e| format!("{}: {e}", path.display()))
    }

    fn to_text(&self) -> String {
        let mut text = HEADER.to_string();
        for (path, reason) in &self.entries {
            text.push_str(path);
            if !reason.is_empty() {
                text.push_str(" # ");
                text.push_str(reason);
            }
            text.push('\n');
        }
        text
    }
}

/// A short reason for the list.
fn reason(result: &TestResult) -> String {
    let text = match result.status {
        Status::Pass | Status::Fail => result.message.clone(),
        Status::Timeout => "timeout".to_string(),
        Status::Crash => format!("crash: {}", result.message),
    };
    let mut short: String = text.chars().take(REASON_LIMIT).collect();
    if text.chars().nth(REASON_LIMIT).is_some() {
        short.push('…');
    }
    short.trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn result(path: &str, status: Status, message: &str) -> TestResult {
        TestResult {
            path: path.into(),
            features: Vec::new(),
            status,
            mode: "sloppy",
            message: message.into(),
            time: Duration::ZERO,
            runs: 1,
        }
    }

    #[test]
    fn round_trip() {
        let list = Expectations::parse("# c\n\nb.js # because # of\na.js\n");
        assert_eq!(list.entries["b.js"], "because # of");
        assert_eq!(
            list.to_text(),
            format!("{HEADER}a.js\nb.js # because # of\n")
        );
        assert_eq!(Expectations::parse(&list.to_text()), list);
    }

    #[test]
    fn both_directions_count() {
        let list = Expectations::parse("a.js # x\nb.js # y\nz.js # not run\n");
        let results = [
            result("a.js", Status::Fail, "TypeError: new"),
            result("b.js", Status::Pass, ""),
            result("c.js", Status::Crash, "SIGSEGV"),
        ];
        let difference = list.compare(&results);
        assert_eq!(difference.passes, ["b.js"]);
        assert_eq!(
            difference.failures,
            [("c.js".to_string(), "crash: SIGSEGV".to_string())]
        );
        let mut list = list;
        list.update(&results);
        assert_eq!(
            list.to_text(),
            format!("{HEADER}a.js # x\nc.js # crash: SIGSEGV\nz.js # not run\n")
        );
        assert!(list.compare(&results).is_empty());
    }
}
