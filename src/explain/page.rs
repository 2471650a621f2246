//! The text of the page.

use super::lines::{self, Line};
use super::{Run, escape, grouped, time, timeline};
use sarus_bytecode::CodeBlock;
use sarus_interp::explain::{Function, Report, State, Tier};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Functions in the table.
const MAX_FUNCTIONS: usize = 500;
/// A source is open at first if it has at least this share of the time.
const OPEN_SHARE: f64 = 0.02;
/// Lines of a block that browsers may skip while it is out of sight.
const BLOCK: usize = 200;

/// Places of things on the page.
pub trait Links {
    /// The name of a function.
    fn name_of(&self, block: &Arc<CodeBlock>) -> String;
    /// The same as a link to its line.
    fn link_of(&self, block: &Arc<CodeBlock>) -> String;
}

impl Links for Report {
    fn name_of(&self, block: &Arc<CodeBlock>) -> String {
        let same = |f: &&Function| Arc::ptr_eq(&f.block, block);
        escape(self.functions.iter().find(same).map_or("?", |f| &f.name))
    }
    fn link_of(&self, block: &Arc<CodeBlock>) -> String {
        let same = |f: &&Function| Arc::ptr_eq(&f.block, block);
        self.functions
            .iter()
            .find(same)
            .map_or_else(String::new, link)
    }
}

fn line_of(f: &Function) -> u32 {
    f.block.source.line_column(f.block.span.start).line.max(1)
}

fn link(f: &Function) -> String {
    format!(
        "<a href=\"#s{}-{}\">{}</a>",
        f.source,
        line_of(f),
        escape(&f.name)
    )
}

/// The page.
pub fn page(report: &Report, run: &Run) -> String {
    let mut html = String::new();
    let title = escape(&run.title);
    let _ = write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} explained</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\"><style>\n{STYLE}</style></head><body>\n<h1>{title}</h1>\n"
    );
    summary(&mut html, report, run);
    html.push_str("<h2 id=\"timeline\">Timeline</h2>\n");
    html.push_str(&timeline::picture(report, run));
    legend(&mut html);
    events(&mut html, report, run);
    functions(&mut html, report);
    sources(&mut html, report);
    let _ = write!(html, "<script>\n{SCRIPT}</script>\n</body></html>\n");
    html
}

fn summary(html: &mut String, report: &Report, run: &Run) {
    let t = &run.totals;
    let on_main = t.main.snapshot + t.main.compile + t.main.install;
    let pauses: Duration = report.collections.iter().map(|c| c.pause).sum();
    let ran = report
        .functions
        .iter()
        .filter(|f| f.tier != Tier::NotCalled);
    let compiled = report.functions.iter().filter(|f| f.tier >= Tier::Loops);
    let kb = |bytes: usize| format!("{:.1} KB", bytes as f64 / 1024.0);
    let share = on_main.as_secs_f64() * 100.0 / run.time.as_secs_f64().max(1e-9);
    let tiles = [
        (
            "run time",
            time(run.time),
            format!("exit code {}", run.exit_code),
        ),
        (
            "functions",
            format!("{} ran", grouped(ran.count() as u64)),
            format!("{} of them compiled", grouped(compiled.count() as u64)),
        ),
        (
            "compiles",
            grouped(t.compiles),
            format!(
                "{} declined, {} overtaken by exits",
                t.declined, t.overtaken
            ),
        ),
        (
            "compile time",
            time(t.compile_time),
            format!("{} on the main thread, {share:.2} %", time(on_main)),
        ),
        (
            "exits",
            grouped(t.exits),
            format!("{} codes discarded", t.discarded),
        ),
        (
            "code",
            kb(run.memory.code),
            format!(
                "and {} metadata for {} bytecode",
                kb(run.memory.metadata),
                kb(run.memory.bytecode)
            ),
        ),
        (
            "collections",
            grouped(report.collections.len() as u64),
            format!("{} in all", time(pauses)),
        ),
        (
            "samples",
            grouped(report.samples),
            "one per millisecond, taken at calls and loops".into(),
        ),
    ];
    html.push_str("<div class=\"tiles\">");
    for (name, value, note) in tiles {
        let _ = write!(
            html,
            "<div class=\"tile\"><span>{name}</span><b>{value}</b><small>{note}</small></div>"
        );
    }
    html.push_str("</div>\n");
}

fn legend(html: &mut String) {
    html.push_str("<p class=\"legend\">");
    for (class, name) in [
        ("compile", "compile"),
        ("declined", "declined"),
        ("install", "installed"),
        ("overtaken", "overtaken"),
        ("discard", "discarded"),
        ("exit", "exit"),
        ("gc", "collection"),
    ] {
        let _ = write!(html, "<span><i class=\"{class}\"></i>{name}</span> ");
    }
    html.push_str("Hold the pointer over a mark to read about it.</p>\n");
}

fn events(html: &mut String, report: &Report, run: &Run) {
    let (rows, missing) = timeline::rows(report, run);
    html.push_str(
        "<details class=\"events\"><summary>All events</summary><table class=\"sortable\"><thead><tr>\
         <th class=\"num\">at</th><th>event</th><th>what</th></tr></thead><tbody>\n",
    );
    html.push_str(&rows);
    html.push_str("</tbody></table>");
    if missing > 0 {
        let _ = write!(html, "<p>{} more are not shown.</p>", grouped(missing));
    }
    html.push_str("</details>\n");
}

fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::NotCalled => "not called",
        Tier::Interpreted => "interpreter",
        Tier::Loops => "compiled loops",
        Tier::Compiled => "compiled",
    }
}

fn tier_class(tier: Tier) -> &'static str {
    match tier {
        Tier::NotCalled => "t-none",
        Tier::Interpreted => "t-interpreter",
        Tier::Loops => "t-loops",
        Tier::Compiled => "t-compiled",
    }
}

fn functions(html: &mut String, report: &Report) {
    let mut ran: Vec<&Function> = report
        .functions
        .iter()
        .filter(|f| f.tier != Tier::NotCalled)
        .collect();
    let iterations = |f: &Function| f.loops.iter().map(|l| l.1).sum::<u64>();
    ran.sort_by_key(|f| {
        let work = f.calls + iterations(f);
        std::cmp::Reverse((f.time.own, f.exits, work))
    });
    html.push_str(
        "<h2 id=\"functions\">Functions</h2>\n<table class=\"sortable functions\"><thead><tr><th>function</th><th>place</th>\
         <th>tier</th><th class=\"num\">time in it</th><th class=\"num\">of that compiled</th>\
         <th class=\"num\">calls (interpreter)</th><th class=\"num\">iterations (interpreter)</th><th class=\"num\">codes</th>\
         <th class=\"num\">exits</th><th class=\"num\">discarded</th></tr></thead><tbody>\n",
    );
    for f in ran.iter().take(MAX_FUNCTIONS) {
        let file = f.block.source.name.rsplit('/').next().unwrap_or_default();
        let share = if f.time.own.is_zero() {
            String::new()
        } else {
            let share = f.time.compiled.as_secs_f64() / f.time.own.as_secs_f64();
            format!("{:.0} %", share * 100.0)
        };
        let why = f.declined.as_deref().map_or_else(String::new, |why| {
            format!(" <small>declined: {}</small>", escape(why))
        });
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}:{}</td><td><span class=\"tier {}\">{}</span>{why}</td>\
             <td class=\"num\" data-v=\"{}\">{}</td><td class=\"num\">{share}</td><td class=\"num\">{}</td><td class=\"num\">{}</td>\
             <td class=\"num\">{}</td><td class=\"num\">{}</td><td class=\"num\">{}</td></tr>",
            link(f),
            escape(file),
            line_of(f),
            tier_class(f.tier),
            tier_name(f.tier),
            f.time.own.as_micros(),
            time(f.time.own),
            grouped(f.calls),
            grouped(iterations(f)),
            f.compiles,
            grouped(f.exits),
            f.discards,
        );
    }
    html.push_str("</tbody></table>\n");
    if ran.len() > MAX_FUNCTIONS {
        let more = (ran.len() - MAX_FUNCTIONS) as u64;
        let _ = write!(html, "<p>{} more are not shown.</p>", grouped(more));
    }
}

fn sources(html: &mut String, report: &Report) {
    html.push_str(
        "<h2 id=\"sources\">Sources</h2>\n<p class=\"help\">Columns: line, tier of the function (colour), time in the line, \
         calls and loop iterations in the interpreter. Lines with a triangle open: what caches saw, what was inlined, exits. \
         </p>\n<input type=\"checkbox\" id=\"hide\"><label for=\"hide\">hide lines of which nothing is known</label>\n",
    );
    let all: Vec<Vec<Line>> = (0..report.sources.len())
        .map(|i| lines::lines(report, i))
        .collect();
    let own = |lines: &[Line]| lines.iter().map(|l| l.own).sum::<Duration>();
    let total: Duration = all.iter().map(|lines| own(lines)).sum();
    let hottest = all.iter().flatten().map(|l| l.own).max();
    let hottest = hottest.unwrap_or_default().max(Duration::from_micros(1));
    // The program first, then the hottest.
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|&i| {
        let internal = report.sources[i].name.starts_with("node:");
        (internal, std::cmp::Reverse(own(&all[i])), i)
    });
    for i in order {
        let (source, lines) = (&report.sources[i], &all[i]);
        let share = own(lines).as_secs_f64() / total.as_secs_f64().max(1e-9);
        let open = share >= OPEN_SHARE || report.sources.len() == 1;
        let _ = writeln!(
            html,
            "<details class=\"source\"{}><summary>{} <small>{} lines, {} in it ({:.1} %)</small></summary>",
            if open { " open" } else { "" },
            escape(source.eval_origin.as_deref().unwrap_or(&source.name)),
            grouped(lines.len() as u64),
            time(own(lines)),
            share * 100.0
        );
        for (block, lines) in lines.chunks(BLOCK).enumerate() {
            html.push_str("<div class=\"block\">\n");
            for (j, line) in lines.iter().enumerate() {
                write_line(html, i, block * BLOCK + j + 1, line, hottest);
            }
            html.push_str("</div>\n");
        }
        html.push_str("</details>\n");
    }
}

fn write_line(html: &mut String, source: usize, number: usize, line: &Line, hottest: Duration) {
    let heat = line.own.as_secs_f64() / hottest.as_secs_f64();
    let own = if line.own.is_zero() {
        String::new()
    } else {
        time(line.own)
    };
    let count = match line.calls + line.iterations {
        0 => String::new(),
        n => grouped(n),
    };
    let mut badges = String::new();
    if line.exits > 0 {
        let _ = write!(
            badges,
            "<b class=\"b-exit\">{} exits</b>",
            grouped(line.exits)
        );
    }
    if line.inlined > 0 {
        let _ = write!(
            badges,
            "<b class=\"b-inlined\">{} inlined</b>",
            line.inlined
        );
    }
    if let Some(state) = line.state.filter(|s| *s >= State::Polymorphic) {
        let class = if state == State::Megamorphic {
            "b-mega"
        } else {
            "b-poly"
        };
        let _ = write!(badges, "<b class=\"{class}\">{}</b>", state.name());
    }
    let tier = line.tier.map_or("t-unknown", tier_class);
    let mut style = String::new();
    if heat > 0.0 {
        let _ = write!(style, " style=\"--heat:{:.2}\"", heat.sqrt());
    }
    let mut title = String::new();
    if !line.total.is_zero() {
        let _ = write!(
            title,
            " title=\"{} in the line, {} of that in compiled code; {} with what it calls\"",
            time(line.own),
            time(line.compiled),
            time(line.total)
        );
    }
    let row = format!(
        "<span class=\"n\">{number}</span><span class=\"h\"{title}>{own}</span><span class=\"c\">{count}</span><code>{}</code>{badges}",
        escape(&line.text)
    );
    let cold = if line.is_cold() { " cold" } else { "" };
    let id = format!("s{source}-{number}");
    if line.notes.is_empty() {
        let _ = writeln!(
            html,
            "<div class=\"l {tier}{cold}\" id=\"{id}\"{style}>{row}</div>"
        );
    } else {
        let _ = writeln!(
            html,
            "<details class=\"l {tier}\" id=\"{id}\"{style}><summary>{row}</summary><ul>{}</ul></details>",
            line.notes.concat()
        );
    }
}
