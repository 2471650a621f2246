//! The report as one page that needs nothing else: folders as a tree, features, and the failing tests
//! behind a search box.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::pool::{Status, TestResult};
use crate::report::{Report, Tally};

const STYLE: &str = "
body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;max-width:72em;padding:0 1em;color:#1b1f24;background:#fff}
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}
.bar{display:flex;height:14px;width:100%;background:#eee;border-radius:3px;overflow:hidden}
.pass{background:#3f9d5a}.fail{background:#d1484b}.timeout{background:#d59a2e}.crash{background:#6a3fb5}
table{border-collapse:collapse;width:100%}td,th{padding:2px 8px;text-align:right;font-variant-numeric:tabular-nums}
td:first-child,th:first-child{text-align:left}td.b{width:24em}tr:nth-child(even){background:#f6f7f8}
td.l{text-align:left;font-family:ui-monospace,monospace;font-size:12px;overflow-wrap:anywhere}
input{font:inherit;width:100%;padding:6px;box-sizing:border-box}
.k span{display:inline-block;width:10px;height:10px;margin:0 4px 0 12px}
@media(prefers-color-scheme:dark){body{color:#dde;background:#16181c}tr:nth-child(even){background:#1d2026}.bar{background:#333}input{background:#222;color:#dde;border:1px solid #444}}
";

const SCRIPT: &str = "
const box=document.getElementById('q'),rows=[...document.querySelectorAll('#f tr.r')],n=document.getElementById('n');
function show(){const w=box.value.toLowerCase().split(/\\s+/);let c=0;
for(const r of rows){const t=r.textContent.toLowerCase(),y=w.every(x=>t.includes(x));r.hidden=!y;c+=y}n.textContent=c}
box.oninput=show;show();
";

/// The page.
pub fn page(report: &Report<'_>) -> String {
    let total = report.total();
    let mut html = String::new();
    let subject = escape(&report.subject);
    let _ = write!(
        html,
        "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>test262: {subject}</title><style>{STYLE}</style><h1>test262: {subject}</h1>\
         <p>{} of {} tests pass, <b>{:.2} %</b>; {:.0} s.</p>{}\
         <p class=k><span class=pass></span>pass {}<span class=fail></span>fail {}\
         <span class=timeout></span>timeout {}<span class=crash></span>crash {}</p>",
        total.of(Status::Pass),
        total.total(),
        total.percent(),
        report.elapsed.as_secs_f64(),
        bar(&total),
        total.of(Status::Pass),
        total.of(Status::Fail),
        total.of(Status::Timeout),
        total.of(Status::Crash),
    );
    tallies(&mut html, "By directory", report.directories(1));
    tallies(&mut html, "By directory, two levels", report.directories(2));
    tallies(&mut html, "By feature", report.features());
    reasons(&mut html, report);
    failures(&mut html, report.results);
    let _ = write!(html, "<script>{SCRIPT}</script>");
    html
}

fn bar(tally: &Tally) -> String {
    let mut html = "<div class=bar>".to_string();
    for status in [Status::Pass, Status::Fail, Status::Timeout, Status::Crash] {
        let count = tally.of(status);
        if count > 0 {
            let width = 100.0 * count as f64 / tally.total() as f64;
            let _ = write!(
                html,
                "<div class={} style=\"width:{width:.3}%\"></div>",
                status.name()
            );
        }
    }
    html.push_str("</div>");
    html
}

fn tallies(html: &mut String, title: &str, rows: BTreeMap<String, Tally>) {
    let _ = write!(
        html,
        "<h2>{title}</h2><table><tr><th>name<th>total<th>pass<th>fail<th>timeout<th>crash<th>%<th></tr>"
    );
    for (name, tally) in rows {
        let _ = write!(
            html,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{:.2}<td class=b>{}</tr>",
            escape(&name),
            tally.total(),
            tally.of(Status::Pass),
            tally.of(Status::Fail),
            tally.of(Status::Timeout),
            tally.of(Status::Crash),
            tally.percent(),
            bar(&tally),
        );
    }
    html.push_str("</table>");
}

fn reasons(html: &mut String, report: &Report<'_>) {
    html.push_str("<h2>Most frequent reasons</h2><table><tr><th>number<th>reason<th>example</tr>");
    for (reason, count, example) in report.reasons().into_iter().take(100) {
        let _ = write!(
            html,
            "<tr><td>{count}<td class=l>{}<td class=l>{}</tr>",
            escape(&reason),
            escape(example)
        );
    }
    html.push_str("</table>");
}

fn failures(html: &mut String, results: &[TestResult]) {
    html.push_str(
        "<h2>Tests that do not pass (<span id=n></span>)</h2><input id=q placeholder=\"words to look for\">\
         <table id=f><tr><th>test<th>mode<th>status<th>reason</tr>",
    );
    for result in results.iter().filter(|r| r.status != Status::Pass) {
        let _ = write!(
            html,
            "<tr class=r><td class=l>{}<td>{}<td>{}<td class=l>{}</tr>",
            escape(&result.path),
            result.mode,
            result.status.name(),
            escape(&result.message),
        );
    }
    html.push_str("</table>");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
