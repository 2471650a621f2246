//! A comparison as text for a terminal, Markdown and JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::compare::{Comparison, Row};

/// A table in Markdown, padded so that it also reads well in a terminal.
pub fn markdown(comparison: &Comparison) -> String {
    let mut rows = vec![header(comparison)];
    for row in std::iter::once(&comparison.startup).chain(&comparison.rows) {
        rows.push(line(comparison, row));
    }
    rows.push(means(comparison, "geometric mean", |index| {
        comparison.mean(index)
    }));
    rows.push(means(comparison, "… net of startup", |index| {
        comparison.net_mean(index)
    }));
    let mut text = align(&rows);
    let _ = writeln!(
        text,
        "\nMedian wall time in ms of {} alternating runs; × is relative to {}.",
        comparison.runs,
        comparison.engines.first().map_or("", String::as_str)
    );
    for (program, engine, message) in failures(comparison) {
        let _ = writeln!(text, "\n{program} with {engine}: {message}");
    }
    text
}

fn header(comparison: &Comparison) -> Vec<String> {
    let mut cells = vec!["program".to_string()];
    for (index, engine) in comparison.engines.iter().enumerate() {
        cells.push(engine.clone());
        if index > 0 {
            cells.push("×".to_string());
        }
    }
    cells
}

fn line(comparison: &Comparison, row: &Row) -> Vec<String> {
    let mut cells = vec![row.program.clone()];
    for index in 0..comparison.engines.len() {
        let time = row.cells.get(index).and_then(|cell| cell.median());
        cells.push(time.map_or("failed".to_string(), |t| format!("{t:.1}")));
        if index > 0 {
            cells.push(
                row.ratio(index)
                    .map_or("-".to_string(), |r| format!("{r:.2}")),
            );
        }
    }
    cells
}

fn means(comparison: &Comparison, title: &str, mean: impl Fn(usize) -> Option<f64>) -> Vec<String> {
    let mut cells = vec![title.to_string(), String::new()];
    for index in 1..comparison.engines.len() {
        cells.push(String::new());
        cells.push(mean(index).map_or("-".to_string(), |r| format!("{r:.2}")));
    }
    cells
}

/// Programs that failed, with the engine and the reason.
pub fn failures(comparison: &Comparison) -> Vec<(&str, &str, &str)> {
    let mut list = Vec::new();
    for row in std::iter::once(&comparison.startup).chain(&comparison.rows) {
        for (cell, engine) in row.cells.iter().zip(&comparison.engines) {
            if let Some(message) = &cell.failure {
                list.push((row.program.as_str(), engine.as_str(), message.as_str()));
            }
        }
    }
    list
}

/// Pads cells to the width of their column: the first to the left, numbers to the right.
pub fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        text.push('|');
        for (column, &width) in widths.iter().enumerate() {
            let cell = row.get(column).map_or("", String::as_str);
            let _ = if column == 0 {
                write!(text, " {cell:<width$} |")
            } else {
                write!(text, " {cell:>width$} |")
            };
        }
        text.push('\n');
        if index == 0 {
            text.push('|');
            for (column, &width) in widths.iter().enumerate() {
                let dashes = "-".repeat(width + 1);
                text.push_str(&if column == 0 {
                    format!("{dashes}-|")
                } else {
                    format!("{dashes}:|")
                });
            }
            text.push('\n');
        }
    }
    text
}

/// Everything that was measured.
pub fn json(comparison: &Comparison) -> Value {
    let row = |row: &Row| {
        let cells: Vec<Value> = row
            .cells
            .iter()
            .enumerate()
            .map(|(index, cell)| {
                json!({
                    "engine": comparison.engines.get(index),
                    "median_ms": cell.median(),
                    "spread": cell.spread(),
                    "times_ms": cell.times,
                    "cpu_ms": cell.cpu,
                    "rss_mb": cell.rss,
                    "ratio": row.ratio(index),
                    "failure": cell.failure,
                })
            })
            .collect();
        json!({"program": row.program, "results": cells})
    };
    let means: Vec<Value> = comparison
        .engines
        .iter()
        .enumerate()
        .map(|(index, engine)| {
            json!({
                "engine": engine,
                "ratio": comparison.mean(index),
                "ratio_net_of_startup": comparison.net_mean(index),
            })
        })
        .collect();
    json!({
        "runs": comparison.runs,
        "engines": comparison.engines,
        "means": means,
        "startup": row(&comparison.startup),
        "programs": comparison.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_tables() {
        let cells = |row: &[&str]| row.iter().map(|s| s.to_string()).collect::<Vec<_>>();
        let text = align(&[cells(&["a", "bb"]), cells(&["ccc", "1"])]);
        assert_eq!(text, "| a   | bb |\n|-----|---:|\n| ccc |  1 |\n");
    }
}
