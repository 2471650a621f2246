//! `compare`: every program with every engine, in alternation.
//!
//! ```text
//! for each program:  round 1: engine A, engine B, engine C;  round 2: A, B, C;  …
//! ```
//!
//! Alternation exposes all engines to the same disturbances, so only ratios within one comparison mean
//! something. An empty program is measured in the same way; `net` ratios have its time taken off.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::run::{Engine, Run};
use crate::stats::{geometric_mean, median, spread};

/// What to measure.
#[derive(Debug)]
pub struct Plan {
    /// The engines; ratios are relative to the first.
    pub engines: Vec<Engine>,
    /// The folder of programs.
    pub folder: PathBuf,
    /// Programs whose name contains one of these, or all.
    pub filters: Vec<String>,
    /// Measured rounds.
    pub runs: usize,
    /// The limit per run.
    pub timeout: Duration,
}

/// One engine's result with one program.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// Wall times of the runs in milliseconds.
    pub times: Vec<f64>,
    /// Median processor time in milliseconds, of all threads: helpers of an engine count here.
    pub cpu: f64,
    /// Median of the largest resident set in megabytes.
    pub rss: f64,
    /// Why there are no times.
    pub failure: Option<String>,
}

impl Cell {
    /// The median time in milliseconds, if it ran.
    pub fn median(&self) -> Option<f64> {
        (self.failure.is_none() && !self.times.is_empty()).then(|| median(&self.times))
    }

    /// The noise of the times, relative to their median.
    pub fn spread(&self) -> f64 {
        spread(&self.times)
    }
}

/// One program's results.
#[derive(Clone, Debug)]
pub struct Row {
    /// The program's name.
    pub program: String,
    /// A result per engine.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The time of engine `index` relative to the first.
    pub fn ratio(&self, index: usize) -> Option<f64> {
        Some(self.cells.get(index)?.median()? / self.cells.first()?.median()?)
    }
}

/// A finished comparison.
#[derive(Debug)]
pub struct Comparison {
    /// The engines' names.
    pub engines: Vec<String>,
    /// Rounds per program.
    pub runs: usize,
    /// The empty program.
    pub startup: Row,
    /// The programs.
    pub rows: Vec<Row>,
}

impl Comparison {
    /// The geometric mean of the ratios of engine `index`, over programs that ran with both.
    pub fn mean(&self, index: usize) -> Option<f64> {
        let ratios: Vec<f64> = self
            .rows
            .iter()
            .filter_map(|row| row.ratio(index))
            .collect();
        geometric_mean(&ratios)
    }

    /// The same with each engine's startup taken off, for programs that leave at least a millisecond.
    pub fn net_mean(&self, index: usize) -> Option<f64> {
        let net = |row: &Row, engine: usize| -> Option<f64> {
            let time =
                row.cells.get(engine)?.median()? - self.startup.cells.get(engine)?.median()?;
            (time >= 1.0).then_some(time)
        };
        let ratios: Vec<f64> = self
            .rows
            .iter()
            .filter_map(|row| Some(net(row, index)? / net(row, 0)?))
            .collect();
        geometric_mean(&ratios)
    }

    /// Whether every program ran and printed the same with every engine.
    pub fn is_clean(&self) -> bool {
        self.rows
            .iter()
            .chain([&self.startup])
            .all(|row| row.cells.iter().all(|cell| cell.failure.is_none()))
    }
}

/// Runs the plan, telling `progress` the name of each program.
pub fn compare(plan: &Plan, mut progress: impl FnMut(&str)) -> Result<Comparison, String> {
    let programs = programs(&plan.folder, &plan.filters)?;
    progress("startup");
    let mut comparison = startup(plan)?;
    for path in programs {
        let name = path
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default();
        progress(&name);
        comparison.rows.push(measure(plan, &name, &path));
    }
    Ok(comparison)
}

/// Measures the empty program alone.
pub fn startup(plan: &Plan) -> Result<Comparison, String> {
    let empty = std::env::temp_dir().join(format!("sarus-benches-empty-{}.js", std::process::id()));
    fs::write(&empty, "").map_err(|e| format!("{}: {e}", empty.display()))?;
    let startup = measure(plan, "startup", &empty);
    fs::remove_file(&empty).map_err(|e| format!("{}: {e}", empty.display()))?;
    let engines = plan.engines.iter().map(|e| e.name.clone()).collect();
    Ok(Comparison {
        engines,
        runs: plan.runs,
        startup,
        rows: Vec::new(),
    })
}

/// The programs of a folder, sorted by name.
fn programs(folder: &Path, filters: &[String]) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "js"))
        .filter(|path| {
            let name = path
                .file_stem()
                .map(|s| s.to_string_lossy())
                .unwrap_or_default();
            filters.is_empty() || filters.iter().any(|f| name.contains(f.as_str()))
        })
        .collect();
    paths.sort();
    if paths.is_empty() {
        Err("no program is selected".to_string())
    } else {
        Ok(paths)
    }
}

/// One warming round, which also compares the outputs, and then the measured ones.
fn measure(plan: &Plan, name: &str, path: &Path) -> Row {
    let mut cells = vec![Cell::default(); plan.engines.len()];
    let mut rss = vec![Vec::new(); plan.engines.len()];
    let mut cpu = vec![Vec::new(); plan.engines.len()];
    let mut expected: Option<String> = None;
    for round in 0..=plan.runs {
        for (index, engine) in plan.engines.iter().enumerate() {
            let cell = &mut cells[index];
            if cell.failure.is_some() {
                continue;
            }
            let run = engine
                .run(path, plan.timeout)
                .and_then(|run| check(run, &mut expected));
            match run {
                Ok(run) if round > 0 => {
                    cell.times.push(run.wall.as_secs_f64() * 1e3);
                    cpu[index].push(run.cpu.as_secs_f64() * 1e3);
                    rss[index].push(run.max_rss as f64 / 1e6);
                }
                Ok(_) => {}
                Err(message) => cell.failure = Some(message),
            }
        }
    }
    for (index, cell) in cells.iter_mut().enumerate() {
        cell.cpu = median(&cpu[index]);
        cell.rss = median(&rss[index]);
    }
    Row {
        program: name.to_string(),
        cells,
    }
}

/// The first output is what all others have to equal.
fn check(run: Run, expected: &mut Option<String>) -> Result<Run, String> {
    match expected {
        None => {
            *expected = Some(run.output.clone());
            Ok(run)
        }
        Some(text) if *text == run.output => Ok(run),
        Some(text) => Err(format!(
            "printed {:?} instead of {:?}",
            shorten(&run.output),
            shorten(text)
        )),
    }
}

fn shorten(text: &str) -> String {
    text.trim().chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(times: &[f64]) -> Cell {
        Cell {
            times: times.to_vec(),
            cpu: 1.0,
            rss: 1.0,
            failure: None,
        }
    }

    #[test]
    fn ratios_and_means() {
        let failed = Cell {
            failure: Some("no".into()),
            ..Cell::default()
        };
        let comparison = Comparison {
            engines: vec!["a".into(), "b".into()],
            runs: 3,
            startup: Row {
                program: "startup".into(),
                cells: vec![cell(&[10.0]), cell(&[2.0])],
            },
            rows: vec![
                Row {
                    program: "x".into(),
                    cells: vec![cell(&[20.0, 30.0, 25.0]), cell(&[50.0])],
                },
                Row {
                    program: "y".into(),
                    cells: vec![cell(&[20.0]), cell(&[160.0])],
                },
                Row {
                    program: "z".into(),
                    cells: vec![cell(&[20.0]), failed],
                },
            ],
        };
        assert_eq!(comparison.rows[0].ratio(1), Some(2.0));
        assert_eq!(comparison.rows[2].ratio(1), None);
        assert!((comparison.mean(1).unwrap() - 4.0).abs() < 1e-9);
        let net = ((48.0_f64 / 15.0) * (158.0 / 10.0)).sqrt();
        assert!((comparison.net_mean(1).unwrap() - net).abs() < 1e-9);
        assert!(!comparison.is_clean());
    }

    #[test]
    fn outputs_have_to_agree() {
        let run = |output: &str| Run {
            wall: Duration::ZERO,
            cpu: Duration::ZERO,
            max_rss: 0,
            output: output.into(),
        };
        let mut expected = None;
        assert!(check(run("a"), &mut expected).is_ok());
        assert!(check(run("a"), &mut expected).is_ok());
        assert!(check(run("b"), &mut expected).is_err());
    }
}
