//! Which exits code was compiled with, and which were ever taken: per operation and reason, for the whole process.
//!
//! An exit that is compiled in and never taken is one whose frame state nobody has tested. With `--exit-coverage=FILE` every
//! process, also those of the conformance runner, adds its counts to the file as lines `operation, reason, compiled, taken`,
//! separated by tabs; `scripts/exit-coverage.py` sums them up.

use sarus_bytecode::{OPCODES, Op};
use sarus_jit::snapshot::Reason;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Exits of one operation for one reason.
#[derive(Default)]
struct Counter {
    compiled: AtomicU32,
    taken: AtomicU32,
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// The operation whose check it is.
    pub op: Op,
    /// Why it fails.
    pub reason: Reason,
    /// Exits compiled.
    pub compiled: u32,
    /// How often one was taken.
    pub taken: u32,
}

static COUNTERS: LazyLock<Box<[Counter]>> = LazyLock::new(|| {
    let count = OPCODES.len() * Reason::ALL.len();
    (0..count).map(|_| Counter::default()).collect()
});

fn counter(op: Op, reason: Reason) -> Option<&'static Counter> {
    COUNTERS.get(op as usize * Reason::ALL.len() + reason as usize)
}

/// An exit was compiled in.
pub fn compiled(op: Op, reason: Reason) {
    if let Some(c) = counter(op, reason) {
        c.compiled.fetch_add(1, Ordering::Relaxed);
    }
}

/// An exit was taken.
pub fn taken(op: Op, reason: Reason) {
    if let Some(c) = counter(op, reason) {
        c.taken.fetch_add(1, Ordering::Relaxed);
    }
}

/// What was counted since the last [`append`], by operation and reason.
pub fn rows() -> Vec<Row> {
    read(|counter| counter.load(Ordering::Relaxed))
}

fn read(get: impl Fn(&AtomicU32) -> u32) -> Vec<Row> {
    let ops = (0..OPCODES.len()).filter_map(|i| Op::from_u8(u8::try_from(i).ok()?));
    let pairs = ops.flat_map(|op| Reason::ALL.iter().map(move |reason| (op, *reason)));
    pairs
        .filter_map(|(op, reason)| {
            let c = counter(op, reason)?;
            let row = Row {
                op,
                reason,
                compiled: get(&c.compiled),
                taken: get(&c.taken),
            };
            (row.compiled != 0 || row.taken != 0).then_some(row)
        })
        .collect()
}

/// Adds what was counted to a file, and begins at zero again.
///
/// # Errors
/// When the file cannot be written.
pub fn append(path: &Path) -> io::Result<()> {
    let mut text = String::new();
    for r in read(|counter| counter.swap(0, Ordering::Relaxed)) {
        let (op, reason) = (r.op.info().name, r.reason.text());
        let _ = writeln!(text, "{op}\t{reason}\t{}\t{}", r.compiled, r.taken);
    }
    // Processes write at the same time: each in one piece.
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    file.write_all(text.as_bytes())
}
