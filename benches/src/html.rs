//! A comparison as one page that needs nothing else: a table and two drawings in SVG.

use std::fmt::Write as _;

use crate::compare::{Comparison, Row};
use crate::report;

const COLOURS: [&str; 8] = [
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb", "#000000",
];

const STYLE: &str = "
body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#1b1f24;background:#fff}
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}
table{border-collapse:collapse}td,th{padding:2px 10px;text-align:right;font-variant-numeric:tabular-nums}
td:first-child,th:first-child{text-align:left}tr:nth-child(even){background:#f4f5f6}
svg text{font:12px system-ui,sans-serif;fill:#333}.grid{stroke:#ddd}.one{stroke:#888}
.k span{display:inline-block;width:10px;height:10px;margin:0 4px 0 14px}
";

/// The width of the names' column in drawings.
const LEFT: f64 = 120.0;
/// The width of the plotted area.
const WIDTH: f64 = 760.0;

/// The page.
pub fn page(comparison: &Comparison) -> String {
    let mut html = format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Engines side by side</title><style>{STYLE}</style><h1>Engines side by side</h1>\
         <p>{} alternating runs per program and engine, wall time of the whole process. \
         Only ratios within this page mean something.</p><p class=k>",
        comparison.runs
    );
    for (index, engine) in comparison.engines.iter().enumerate() {
        let _ = write!(
            html,
            "<span style=\"background:{}\"></span>{}",
            colour(index),
            escape(engine)
        );
    }
    html.push_str("</p><h2>Time relative to the first engine</h2>");
    html.push_str(&ratios(comparison));
    html.push_str("<h2>All runs, in milliseconds</h2>");
    html.push_str(&runs(comparison));
    html.push_str("<h2>Medians in milliseconds, ratios, memory</h2>");
    html.push_str(&table(comparison));
    let failures = report::failures(comparison);
    if !failures.is_empty() {
        html.push_str("<h2>Failures</h2><ul>");
        for (program, engine, message) in failures {
            let _ = write!(
                html,
                "<li>{program} with {}: {}",
                escape(engine),
                escape(message)
            );
        }
        html.push_str("</ul>");
    }
    html
}

fn colour(index: usize) -> &'static str {
    COLOURS
        .get(index % COLOURS.len())
        .copied()
        .unwrap_or("#000")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A logarithmic scale onto the plotted area.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// A scale that holds all of `values`, widened to powers of two.
    fn new(values: impl Iterator<Item = f64>) -> Scale {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values.filter(|v| *v > 0.0) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = (1.0, 2.0);
        }
        let low = low.log2().floor().exp2();
        Scale {
            low,
            high: high.log2().ceil().exp2().max(low * 2.0),
        }
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + WIDTH * (value.max(self.low) / self.low).ln() / (self.high / self.low).ln()
    }

    /// Lines and labels at powers of two.
    fn grid(&self, height: f64) -> String {
        let mut svg = String::new();
        let mut value = self.low;
        while value <= self.high * 1.0001 {
            let x = self.x(value);
            let class = if value == 1.0 { "one" } else { "grid" };
            let _ = write!(
                svg,
                "<line class={class} x1={x:.1} x2={x:.1} y1=18 y2={height:.0} />\
                 <text x={x:.1} y=12 text-anchor=middle>{value}</text>"
            );
            value *= 2.0;
        }
        svg
    }
}

/// Bars per program, one for each engine but the first, and the geometric mean at the end.
fn ratios(comparison: &Comparison) -> String {
    let engines = comparison.engines.len();
    let mut lines: Vec<(String, Vec<Option<f64>>)> = comparison
        .rows
        .iter()
        .map(|row| {
            (
                row.program.clone(),
                (1..engines).map(|i| row.ratio(i)).collect(),
            )
        })
        .collect();
    lines.push((
        "mean".to_string(),
        (1..engines).map(|i| comparison.mean(i)).collect(),
    ));
    let scale = Scale::new(
        lines
            .iter()
            .flat_map(|(_, r)| r.iter().flatten().copied())
            .chain([1.0]),
    );
    let bar = 9.0;
    let step = bar * engines.saturating_sub(1).max(1) as f64 + 8.0;
    let height = 24.0 + step * lines.len() as f64;
    let mut svg = open(height);
    svg.push_str(&scale.grid(height));
    for (number, (name, values)) in lines.iter().enumerate() {
        let top = 24.0 + step * number as f64;
        label(&mut svg, name, top + step / 2.0);
        for (index, value) in values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let (one, end) = (scale.x(1.0), scale.x(value));
            let _ = write!(
                svg,
                "<rect x={:.1} y={:.1} width={:.1} height={:.1} fill=\"{}\"><title>{}: {value:.3}</title></rect>",
                one.min(end),
                top + bar * index as f64,
                (end - one).abs().max(1.0),
                bar - 1.0,
                colour(index + 1),
                escape(comparison.engines.get(index + 1).map_or("", String::as_str)),
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

/// A dot per run, so that noise can be seen.
fn runs(comparison: &Comparison) -> String {
    let rows: Vec<&Row> = std::iter::once(&comparison.startup)
        .chain(&comparison.rows)
        .collect();
    let times = rows
        .iter()
        .flat_map(|row| row.cells.iter().flat_map(|cell| cell.times.iter().copied()));
    let scale = Scale::new(times);
    let step = 7.0 * comparison.engines.len() as f64 + 8.0;
    let height = 24.0 + step * rows.len() as f64;
    let mut svg = open(height);
    svg.push_str(&scale.grid(height));
    for (number, row) in rows.iter().enumerate() {
        let top = 24.0 + step * number as f64;
        label(&mut svg, &row.program, top + step / 2.0);
        for (index, cell) in row.cells.iter().enumerate() {
            for time in &cell.times {
                let _ = write!(
                    svg,
                    "<circle cx={:.1} cy={:.1} r=2.5 fill=\"{}\" fill-opacity=.6><title>{time:.1} ms</title></circle>",
                    scale.x(*time),
                    top + 7.0 * index as f64 + 4.0,
                    colour(index),
                );
            }
        }
    }
    svg.push_str("</svg>");
    svg
}

fn open(height: f64) -> String {
    let width = LEFT + WIDTH + 20.0;
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" style=\"max-width:100%;height:auto\">"
    )
}

fn label(svg: &mut String, text: &str, y: f64) {
    let _ = write!(
        svg,
        "<text x={:.0} y={y:.1} text-anchor=end>{}</text>",
        LEFT - 8.0,
        escape(text)
    );
}

fn table(comparison: &Comparison) -> String {
    let mut html = "<table><tr><th>program".to_string();
    for (index, engine) in comparison.engines.iter().enumerate() {
        let _ = write!(
            html,
            "<th>{}<th>±%{}<th>MB",
            escape(engine),
            if index > 0 { "<th>×" } else { "" }
        );
    }
    html.push_str("</tr>");
    for row in std::iter::once(&comparison.startup).chain(&comparison.rows) {
        let _ = write!(html, "<tr><td>{}", escape(&row.program));
        for (index, cell) in row.cells.iter().enumerate() {
            match cell.median() {
                Some(time) => {
                    let _ = write!(html, "<td>{time:.1}<td>{:.1}", cell.spread() * 100.0);
                }
                None => html.push_str("<td>failed<td>"),
            }
            if index > 0 {
                let _ = write!(
                    html,
                    "<td>{}",
                    row.ratio(index)
                        .map_or("-".to_string(), |r| format!("<b>{r:.2}</b>"))
                );
            }
            let _ = write!(html, "<td>{:.1}", cell.rss);
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    for (index, engine) in comparison.engines.iter().enumerate().skip(1) {
        let text = |mean: Option<f64>| mean.map_or("-".to_string(), |m| format!("{m:.3}"));
        let _ = write!(
            html,
            "<p>{}: geometric mean {}, net of startup {}.</p>",
            escape(engine),
            text(comparison.mean(index)),
            text(comparison.net_mean(index))
        );
    }
    html
}
