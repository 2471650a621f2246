//! Progress on standard error: a bar on a terminal, now and then a line elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::pool::Status;

const BAR_WIDTH: usize = 30;
const TERMINAL_INTERVAL: Duration = Duration::from_millis(100);
const LOG_INTERVAL: Duration = Duration::from_secs(30);

/// Counts results and shows them.
#[derive(Debug)]
pub struct Progress {
    total: usize,
    counts: [usize; 4],
    start: Instant,
    shown: Instant,
    terminal: bool,
}

impl Progress {
    /// Progress of a run of `total` tests.
    pub fn new(total: usize) -> Progress {
        let now = Instant::now();
        Progress {
            total,
            counts: [0; 4],
            start: now,
            shown: now,
            terminal: io::stderr().is_terminal(),
        }
    }

    /// Counts one result and refreshes the display if it is time.
    pub fn count(&mut self, status: Status) {
        self.counts[status as usize] += 1;
        let interval = if self.terminal {
            TERMINAL_INTERVAL
        } else {
            LOG_INTERVAL
        };
        if self.shown.elapsed() >= interval {
            self.shown = Instant::now();
            let line = self.line();
            let mut stderr = io::stderr().lock();
            // A display that cannot be written is no reason to stop.
            let _ = if self.terminal {
                write!(stderr, "\r{line}\x1b[K")
            } else {
                writeln!(stderr, "{line}")
            };
        }
    }

    /// Takes the bar away, so that the report begins on a clean line.
    pub fn finish(&self) {
        if self.terminal {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }

    fn line(&self) -> String {
        let done: usize = self.counts.iter().sum();
        let share = done as f64 / self.total.max(1) as f64;
        let filled = ((share * BAR_WIDTH as f64) as usize).min(BAR_WIDTH);
        let left = self.start.elapsed().as_secs_f64() * (1.0 / share.max(1e-9) - 1.0);
        let [pass, fail, timeout, crash] = self.counts;
        format!(
            "[{}{}] {:3.0}% {done}/{}  pass {pass}  fail {fail}  timeout {timeout}  crash {crash}  {left:.0} s left",
            "=".repeat(filled),
            " ".repeat(BAR_WIDTH - filled),
            share * 100.0,
            self.total,
        )
    }
}
