//! What a run comes to: tables for people, JSON for programs.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::expectations::Difference;
use crate::pool::{Status, TestResult};

/// How many tests ended which way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    counts: [usize; 4],
}

impl Tally {
    fn add(&mut self, status: Status) {
        self.counts[status as usize] += 1;
    }

    /// The number of tests that ended with `status`.
    pub fn of(&self, status: Status) -> usize {
        self.counts[status as usize]
    }

    /// The number of tests.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// The share of passes in percent.
    pub fn percent(&self) -> f64 {
        100.0 * self.of(Status::Pass) as f64 / self.total().max(1) as f64
    }

    fn to_json(self) -> Value {
        json!({
            "total": self.total(),
            "pass": self.of(Status::Pass),
            "fail": self.of(Status::Fail),
            "timeout": self.of(Status::Timeout),
            "crash": self.of(Status::Crash),
        })
    }
}

/// A run, summed up.
#[derive(Debug)]
pub struct Report<'a> {
    /// What ran: the mode or the engine's command.
    pub subject: String,
    /// The results, sorted by path.
    pub results: &'a [TestResult],
    /// The duration of the whole run.
    pub elapsed: Duration,
    /// How the run differs from the expectations, if they were asked for.
    pub difference: Option<Difference>,
}

impl Report<'_> {
    /// The tally of the whole run.
    pub fn total(&self) -> Tally {
        let mut tally = Tally::default();
        self.results.iter().for_each(|r| tally.add(r.status));
        tally
    }

    /// Tallies by folder, to `depth` levels; each test counts once, at the deepest level.
    pub fn directories(&self, depth: usize) -> BTreeMap<String, Tally> {
        let mut rows: BTreeMap<String, Tally> = BTreeMap::new();
        for result in self.results {
            rows.entry(folder(&result.path, depth))
                .or_default()
                .add(result.status);
        }
        rows
    }

    /// Tallies by feature tag; a test counts in each of its features.
    pub fn features(&self) -> BTreeMap<String, Tally> {
        let mut rows: BTreeMap<String, Tally> = BTreeMap::new();
        for result in self.results {
            for feature in &result.features {
                rows.entry(feature.clone()).or_default().add(result.status);
            }
        }
        rows
    }

    /// The reasons of failures with their numbers and one example each, most frequent first.
    pub fn reasons(&self) -> Vec<(String, usize, &str)> {
        let mut groups: HashMap<String, (usize, &str)> = HashMap::new();
        for result in self.results.iter().filter(|r| r.status != Status::Pass) {
            let key = format!("{}: {}", result.status.name(), normalize(&result.message));
            groups.entry(key).or_insert((0, &result.path)).0 += 1;
        }
        let mut rows: Vec<_> = groups
            .into_iter()
            .map(|(text, (count, path))| (text, count, path))
            .collect();
        rows.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        rows
    }

    /// The report for a terminal.
    pub fn to_text(&self, depth: usize, top: usize) -> String {
        let mut text = String::new();
        table(&mut text, "directory", self.directories(depth));
        let features = self
            .features()
            .into_iter()
            .filter(|(_, t)| t.of(Status::Pass) < t.total());
        table(&mut text, "feature (only those with failures)", features);
        self.write_reasons(&mut text, top);
        self.write_difference(&mut text);
        let total = self.total();
        let runs: usize = self.results.iter().map(|r| r.runs).sum();
        let _ = writeln!(
            text,
            "{}: {} of {} pass ({:.2} %), {} fail, {} time out, {} crash; {runs} runs in {:.1} s",
            self.subject,
            total.of(Status::Pass),
            total.total(),
            total.percent(),
            total.of(Status::Fail),
            total.of(Status::Timeout),
            total.of(Status::Crash),
            self.elapsed.as_secs_f64(),
        );
        text
    }

    fn write_reasons(&self, text: &mut String, top: usize) {
        let reasons = self.reasons();
        if reasons.is_empty() || top == 0 {
            return;
        }
        let _ = writeln!(text, "most frequent reasons");
        for (reason, count, example) in reasons.iter().take(top) {
            let _ = writeln!(text, "{count:7}  {reason}\n{:9}e.g. {example}", "");
        }
        text.push('\n');
    }

    fn write_difference(&self, text: &mut String) {
        /// More lines than this help nobody; the JSON has all.
        const LIMIT: usize = 50;
        let Some(difference) = &self.difference else {
            return;
        };
        let failures: Vec<String> = difference
            .failures
            .iter()
            .map(|(path, why)| format!("{path} # {why}"))
            .collect();
        for (title, lines) in [
            ("unexpected failures", &failures),
            ("unexpected passes", &difference.passes),
        ] {
            if lines.is_empty() {
                continue;
            }
            let _ = writeln!(text, "{title}: {}", lines.len());
            for line in lines.iter().take(LIMIT) {
                let _ = writeln!(text, "  {line}");
            }
            if lines.len() > LIMIT {
                let _ = writeln!(text, "  … and {} more", lines.len() - LIMIT);
            }
            text.push('\n');
        }
    }

    /// The report for programs: tallies, and every test that did not pass.
    pub fn to_json(&self) -> Value {
        let tallies = |rows: BTreeMap<String, Tally>| -> Value {
            rows.into_iter()
                .map(|(name, tally)| (name, tally.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let failures: Vec<Value> = self
            .results
            .iter()
            .filter(|r| r.status != Status::Pass)
            .map(|r| {
                json!({
                    "path": r.path,
                    "status": r.status.name(),
                    "mode": r.mode,
                    "message": r.message,
                    "ms": r.time.as_millis() as u64,
                })
            })
            .collect();
        let mut slowest: Vec<&TestResult> = self.results.iter().collect();
        slowest.sort_by_key(|r| std::cmp::Reverse(r.time));
        let slowest: Vec<Value> = slowest
            .iter()
            .take(50)
            .map(|r| json!({"path": r.path, "ms": r.time.as_millis() as u64}))
            .collect();
        json!({
            "subject": self.subject,
            "seconds": self.elapsed.as_secs_f64(),
            "total": self.total().to_json(),
            "directories": tallies(self.directories(2)),
            "features": tallies(self.features()),
            "reasons": self.reasons().into_iter().take(200)
                .map(|(reason, count, example)| json!({"reason": reason, "count": count, "example": example}))
                .collect::<Vec<_>>(),
            "unexpected": self.difference.as_ref().map(|d| json!({
                "failures": d.failures.iter().map(|(path, _)| path).collect::<Vec<_>>(),
                "passes": d.passes,
            })),
            "slowest": slowest,
            "failures": failures,
        })
    }
}

/// The first `depth` folders of a path.
fn folder(path: &str, depth: usize) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    parts.truncate(depth.max(1));
    parts.join("/")
}

/// Makes messages that differ in numbers and quoted values alike, so that they group.
fn normalize(message: &str) -> String {
    const LIMIT: usize = 100;
    let mut text = String::new();
    let mut quote = None;
    // Digits within words, as in Test262Error, are kept.
    let mut in_word = false;
    for c in message.chars() {
        match quote {
            Some(open) if c == open => {
                text.push('…');
                text.push(c);
                quote = None;
            }
            Some(_) => {}
            None if matches!(c, '«' | '"' | '“') => {
                quote = Some(match c {
                    '«' => '»',
                    '“' => '”',
                    c => c,
                });
                text.push(c);
            }
            None if c.is_ascii_digit() && !in_word => {
                if !text.ends_with('0') {
                    text.push('0');
                }
            }
            None => {
                in_word = c.is_alphabetic() || (in_word && c.is_ascii_digit());
                text.push(c);
            }
        }
        if text.len() > LIMIT {
            break;
        }
    }
    text
}

fn table(text: &mut String, title: &str, rows: impl IntoIterator<Item = (String, Tally)>) {
    let rows: Vec<(String, Tally)> = rows.into_iter().collect();
    if rows.is_empty() {
        return;
    }
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .chain([title.len()])
        .max()
        .unwrap_or(0);
    let _ = writeln!(
        text,
        "{title:<width$}   total    pass    fail timeout   crash       %"
    );
    for (name, tally) in rows {
        let _ = writeln!(
            text,
            "{name:<width$} {:7} {:7} {:7} {:7} {:7} {:7.2}",
            tally.total(),
            tally.of(Status::Pass),
            tally.of(Status::Fail),
            tally.of(Status::Timeout),
            tally.of(Status::Crash),
            tally.percent(),
        );
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(path: &str, status: Status, message: &str) -> TestResult {
        TestResult {
            path: path.into(),
            features: vec!["F".into()],
            status,
            mode: "strict",
            message: message.into(),
            time: Duration::from_millis(2),
            runs: 2,
        }
    }

    #[test]
    fn sums_up() {
        let results = [
            result("a/b/c/1.js", Status::Pass, ""),
            result(
                "a/b/2.js",
                Status::Fail,
                "Test262Error: expected 12 got «x»",
            ),
            result("a/3.js", Status::Fail, "Test262Error: expected 7 got «yy»"),
        ];
        let report = Report {
            subject: "t".into(),
            results: &results,
            elapsed: Duration::ZERO,
            difference: None,
        };
        assert_eq!(report.total().total(), 3);
        let directories = report.directories(2);
        assert_eq!(directories["a/b"].total(), 2);
        assert_eq!(directories["a"].of(Status::Fail), 1);
        assert_eq!(
            report.reasons(),
            [(
                "fail: Test262Error: expected 0 got «…»".to_string(),
                2,
                "a/b/2.js"
            )]
        );
        assert_eq!(report.to_json()["features"]["F"]["pass"], 1);
        assert!(report.to_text(1, 5).contains("1 of 3 pass (33.33 %)"));
    }
}
