//! What belongs to which line of a source.

use super::page::Links;
use super::{escape, grouped, time};
use sarus_bytecode::{CodeKind, SourceText};
use sarus_interp::explain::{Function, Report, SiteNote, State, Tier};
use std::time::Duration;

/// Notes of a line that are shown: a minified program may be one line.
const MAX_NOTES: usize = 400;
/// Columns beyond this count bytes: what is before them in the line is not looked through for each.
const EXACT_COLUMNS: u32 = 2_000;

/// A line and everything known about it.
#[derive(Default)]
pub struct Line {
    /// Its text.
    pub text: String,
    /// Time in it.
    pub own: Duration,
    /// Of that: in compiled code.
    pub compiled: Duration,
    /// Time in it and what it calls.
    pub total: Duration,
    /// Calls of the functions that begin in it, in the interpreter.
    pub calls: u64,
    /// Iterations of the loops that begin in it, in the interpreter.
    pub iterations: u64,
    /// How far the function around it got.
    pub tier: Option<Tier>,
    /// Exits from checks in it.
    pub exits: u64,
    /// Calls in it that were inlined.
    pub inlined: usize,
    /// The worst state of its caches.
    pub state: Option<State>,
    /// HTML of what is to be said about it.
    pub notes: Vec<String>,
}

impl Line {
    /// Whether anything is known of it.
    pub fn is_cold(&self) -> bool {
        self.own.is_zero()
            && self.total.is_zero()
            && self.calls == 0
            && self.iterations == 0
            && self.exits == 0
            && self.notes.is_empty()
    }
}

/// The lines of a source.
pub fn lines(report: &Report, source: usize) -> Vec<Line> {
    let text = &report.sources[source];
    let (starts, mut lines) = texts(text);
    let places = Places {
        source: text,
        starts,
    };
    let functions: Vec<&Function> = report
        .functions
        .iter()
        .filter(|f| f.source == source)
        .collect();
    // Inner functions come after those around them.
    for f in &functions {
        paint_tier(&places, &mut lines, f);
    }
    for f in functions {
        add_function(report, &places, &mut lines, f);
    }
    for line in &mut lines {
        let more = line.notes.len().saturating_sub(MAX_NOTES);
        if more > 0 {
            line.notes.truncate(MAX_NOTES);
            let more = grouped(more as u64);
            line.notes
                .push(format!("<li>{more} more are not shown</li>"));
        }
    }
    lines
}

/// Where the lines of a source begin.
struct Places<'a> {
    source: &'a SourceText,
    starts: Vec<u32>,
}

impl Places<'_> {
    /// Index of the line of a place.
    fn line(&self, place: u32) -> usize {
        let after = self.starts.partition_point(|start| *start <= place);
        after.saturating_sub(1)
    }
    /// The column of a place, from 1.
    fn column(&self, place: u32) -> u32 {
        let start = self.starts.get(self.line(place)).copied().unwrap_or(0);
        if place - start < EXACT_COLUMNS {
            self.source.line_column(place).column
        } else {
            place - start + 1
        }
    }
}

/// Starts and texts of the lines.
fn texts(source: &SourceText) -> (Vec<u32>, Vec<Line>) {
    let count = source.lines.line_count(&source.text);
    let (before, after) = source.wrapper;
    let end = source.text.len().saturating_sub(after as usize);
    let (mut starts, mut lines) = (Vec::new(), Vec::new());
    for number in 1..=count {
        let (text, start) = source.lines.line_text(&source.text, number);
        // What is only the wrapper's is no line.
        if after > 0 && number > 1 && start as usize >= end {
            break;
        }
        let bytes = &text[..text.len().min(end - (start as usize).min(end))];
        let first = if number == 1 { before as usize } else { 0 };
        let text = String::from_utf8_lossy(bytes.get(first..).unwrap_or_default());
        starts.push(start);
        lines.push(Line {
            text: text.into_owned(),
            ..Line::default()
        });
    }
    (starts, lines)
}

fn paint_tier(places: &Places, lines: &mut [Line], f: &Function) {
    let whole = !matches!(f.block.kind, CodeKind::Function | CodeKind::ClassInit);
    let (first, last) = if whole {
        (0, lines.len().saturating_sub(1))
    } else {
        let span = f.block.span;
        (places.line(span.start), places.line(span.end.max(1) - 1))
    };
    for line in lines.iter_mut().take(last + 1).skip(first) {
        line.tier = Some(f.tier);
    }
}

fn add_function(report: &Report, places: &Places, lines: &mut [Line], f: &Function) {
    let mut at = |place: u32, change: &mut dyn FnMut(&mut Line, u32)| {
        if let Some(line) = lines.get_mut(places.line(place)) {
            change(line, places.column(place));
        }
    };
    let start = match f.block.kind {
        CodeKind::Function | CodeKind::ClassInit => f.block.span.start,
        _ => places.source.wrapper.0,
    };
    if f.tier != Tier::NotCalled || f.declined.is_some() {
        at(start, &mut |line, _| {
            line.calls += f.calls;
            line.notes.push(function_note(f));
        });
    }
    for &(place, count) in &f.loops {
        at(place, &mut |line, column| {
            line.iterations += count;
            let count = grouped(count);
            line.notes.push(note(
                column,
                "loop",
                &format!("loop: {count} iterations in the interpreter"),
            ));
        });
    }
    for (&place, t) in &f.times {
        at(place, &mut |line, _| {
            line.own += t.own;
            line.compiled += t.compiled;
            line.total += t.total;
        });
    }
    for (place, callee, root) in &f.inlined {
        at(*place, &mut |line, column| {
            line.inlined += 1;
            let into = report.name_of(root);
            let callee = report.link_of(callee);
            line.notes.push(note_html(
                column,
                "inlined",
                &format!("{callee} inlined, in the code of {into}"),
            ));
        });
    }
    for (place, count) in &f.exit_counts {
        at(*place, &mut |line, column| {
            line.exits += count.count;
            let times = grouped(count.count);
            let root = report.name_of(&count.root);
            let reason = count.reason.text();
            line.notes.push(note_html(
                column,
                "exit",
                &format!("exit: {reason}, {times} times, from the code of {root}"),
            ));
        });
    }
    for site in &f.sites {
        if site.state == State::Empty {
            continue;
        }
        at(site.place, &mut |line, column| {
            line.state = line.state.max(Some(site.state));
            line.notes.push(site_note(column, site));
        });
    }
}

fn function_note(f: &Function) -> String {
    let mut text = format!(
        "<b>{}</b>: {}",
        escape(&f.name),
        match f.tier {
            Tier::NotCalled => "never called",
            Tier::Interpreted => "ran in the interpreter",
            Tier::Loops => "loops of it were compiled",
            Tier::Compiled => "compiled",
        }
    );
    let mut add = |is: bool, what: String| {
        if is {
            text.push_str("; ");
            text.push_str(&what);
        }
    };
    add(
        f.calls > 0,
        format!("{} calls in the interpreter", grouped(f.calls)),
    );
    add(!f.time.own.is_zero(), format!("{} in it", time(f.time.own)));
    add(f.compiles > 0, format!("{} codes installed", f.compiles));
    add(f.discards > 0, format!("{} discarded", f.discards));
    add(
        f.exits > 0,
        format!("{} exits from its code", grouped(f.exits)),
    );
    if let Some(why) = &f.declined {
        add(true, format!("declined: {}", escape(why)));
    }
    format!("<li class=\"k-function\">{text}</li>")
}

fn site_note(column: u32, site: &SiteNote) -> String {
    let class = match site.state {
        State::Megamorphic => "mega",
        State::Polymorphic => "poly",
        _ => "mono",
    };
    let name = site.op.info().name;
    let state = site.state.name();
    let mut text = format!("{name}: {state}");
    if let [one] = &site.seen[..] {
        text.push_str(&format!(" — {}", escape(one)));
    } else if !site.seen.is_empty() {
        text.push_str("<ul>");
        for seen in &site.seen {
            text.push_str(&format!("<li>{}</li>", escape(seen)));
        }
        text.push_str("</ul>");
    }
    note_html(column, class, &text)
}

/// A note from plain text.
fn note(column: u32, class: &str, text: &str) -> String {
    note_html(column, class, &escape(text))
}

fn note_html(column: u32, class: &str, html: &str) -> String {
    format!("<li class=\"k-{class}\"><span class=\"col\">:{column}</span> {html}</li>")
}
