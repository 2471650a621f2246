//! `--explain`: the report of a run as one HTML page that needs nothing else.
//!
//! ```text
//! interp::explain::Report ──► lines.rs (what belongs to which line) ──► page.rs   (text of the page)
//!                                                                       timeline.rs (its picture)
//! ```
//!
//! Everything is readable without scripts; `page.js` only sorts tables and opens many lines at once. Text that comes from the
//! program goes through [`escape`].

mod lines;
mod page;
mod timeline;

use crate::options::Options;
use sarus_interp::tier::stats::{self, Memory};
use sarus_interp::{explain, tier::log::Totals};
use sarus_runtime::Agent;
use std::fmt::Write;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A run that is going to be explained.
pub struct Explain {
    start: Instant,
    path: PathBuf,
    title: String,
}

/// What the page says about the whole run.
pub struct Run {
    /// When it began.
    pub start: Instant,
    /// How long it took.
    pub time: Duration,
    /// What was run.
    pub title: String,
    /// How it ended.
    pub exit_code: u8,
    /// Figures of the tier.
    pub totals: Totals,
    /// What compiled code takes.
    pub memory: Memory,
}

impl Explain {
    /// Starts to watch a run of a program called `name`.
    pub fn start(agent: &Agent, options: &Options, name: &str) -> Explain {
        explain::start(agent);
        let default = || match &options.file {
            Some(file) if file != "-" => format!("{file}.explain.html"),
            _ => "sarus.explain.html".into(),
        };
        let path = options.explain_output.clone().unwrap_or_else(default);
        Explain {
            start: Instant::now(),
            path: path.into(),
            title: name.into(),
        }
    }

    /// Writes the page; where it is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self, agent: &mut Agent, exit_code: u8) -> io::Result<PathBuf> {
        let run = Run {
            start: self.start,
            time: self.start.elapsed(),
            title: self.title,
            exit_code,
            totals: stats::totals(agent),
            memory: stats::memory(agent),
        };
        let report = explain::report(agent);
        std::fs::write(&self.path, page::page(&report, &run))
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", self.path.display())))?;
        Ok(self.path)
    }
}

/// Text for HTML, in elements and in quoted attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' => out.push(c),
            // Characters that no page may hold, or that change the direction of what follows.
            c if c.is_control()
                || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}') =>
            {
                let _ = write!(out, "<i>\\u{{{:x}}}</i>", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

/// A number with separators.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A time for people.
fn time(t: Duration) -> String {
    let us = t.as_secs_f64() * 1e6;
    match us {
        _ if us >= 1e6 => format!("{:.2} s", us / 1e6),
        _ if us >= 1e3 => format!("{:.1} ms", us / 1e3),
        _ => format!("{us:.0} µs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        let text = "</script><b a=\"1\" b='2'>&amp;\u{0}\u{202E}";
        let escaped = escape(text);
        assert!(!escaped.contains("</") || escaped.contains("</i>"));
        assert!(!escaped.contains("<b") && !escaped.contains("<script"));
        assert!(escaped.contains("&lt;/script&gt;&lt;b a=&quot;1&quot;"));
        assert!(escaped.contains("<i>\\u{0}</i><i>\\u{202e}</i>"));
    }

    #[test]
    fn numbers_and_times() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(time(Duration::from_micros(12)), "12 µs");
        assert_eq!(time(Duration::from_micros(12_340)), "12.3 ms");
        assert_eq!(time(Duration::from_millis(2_500)), "2.50 s");
    }
}
