//! The timeline: compiles by thread, installations, exits, discards and collections as a picture, and as a table.

use super::{Run, escape, time};
use sarus_interp::explain::Report;
use sarus_interp::tier::log::{Entry, Event, Site, Unit};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Width of the picture, and of the names of its lanes.
const WIDTH: f64 = 1200.0;
const LEFT: f64 = 110.0;
const LANE: f64 = 26.0;
/// Rows of the table.
const MAX_ROWS: usize = 2_000;
/// Exits in the picture: more could not be told apart.
const MAX_MARKS: usize = 4_000;

struct Picture<'a> {
    run: &'a Run,
    threads: u32,
    svg: String,
}

impl Picture<'_> {
    fn x(&self, at: Instant) -> f64 {
        let passed = at.saturating_duration_since(self.run.start).as_secs_f64();
        let share = passed / self.run.time.as_secs_f64().max(1e-9);
        LEFT + share.min(1.0) * (WIDTH - LEFT - 10.0)
    }
    /// Top of a lane: the main thread, compiling threads, exits, collections.
    fn y(&self, lane: u32) -> f64 {
        8.0 + f64::from(lane) * LANE
    }
    fn lane_of_exits(&self) -> u32 {
        self.threads + 1
    }
    fn lane_of_collections(&self) -> u32 {
        self.threads + 2
    }
    fn bar(&mut self, class: &str, lane: u32, from: Instant, took: Duration, title: &str) {
        let (x, end) = (self.x(from), self.x(from + took));
        let (y, width) = (self.y(lane) + 3.0, (end - x).max(1.0));
        let _ = write!(
            self.svg,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{}\"><title>{title}</title></rect>",
            LANE - 8.0
        );
    }
    fn mark(&mut self, class: &str, lane: u32, at: Instant, title: &str) {
        let (x, y) = (self.x(at), self.y(lane));
        let _ = write!(
            self.svg,
            "<line class=\"{class}\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{}\" y2=\"{}\"><title>{title}</title></line>",
            y + 1.0,
            y + LANE - 3.0
        );
    }
    fn lanes(&mut self) {
        for lane in 0..=self.lane_of_collections() {
            let name = match lane {
                0 => "main thread".to_string(),
                n if n <= self.threads => format!("compiler {n}"),
                n if n == self.lane_of_exits() => "exits".into(),
                _ => "collections".into(),
            };
            let y = self.y(lane);
            let _ = write!(
                self.svg,
                "<rect class=\"lane\" x=\"{LEFT}\" y=\"{y}\" width=\"{}\" height=\"{}\"/><text x=\"{}\" y=\"{}\">{name}</text>",
                WIDTH - LEFT - 10.0,
                LANE - 2.0,
                LEFT - 8.0,
                y + LANE * 0.6
            );
        }
    }
    fn axis(&mut self) {
        let y = self.y(self.lane_of_collections() + 1) + 10.0;
        for i in 0..=10 {
            let at = self.run.time.mul_f64(f64::from(i) / 10.0);
            let x = self.x(self.run.start + at);
            let _ = write!(
                self.svg,
                "<text class=\"tick{}\" x=\"{x:.1}\" y=\"{y}\">{}</text>",
                if i == 10 { " last" } else { "" },
                time(at)
            );
        }
    }
}

/// The picture as SVG.
pub fn picture(report: &Report, run: &Run) -> String {
    let threads = report.events.iter().map(|e| match e.event {
        Event::Compiled { thread, .. } => thread,
        _ => 0,
    });
    let mut p = Picture {
        run,
        threads: threads.max().unwrap_or(0),
        svg: String::new(),
    };
    p.lanes();
    let mut marks = 0;
    for Entry { at, event } in &report.events {
        match event {
            Event::Compiled {
                start,
                time: took,
                thread,
                result,
                ..
            } => {
                let class = if result.is_ok() {
                    "compile"
                } else {
                    "declined"
                };
                p.bar(class, *thread, *start, *took, &escape(&words(event)));
            }
            Event::Installed { .. } => p.mark("install", 0, *at, &escape(&words(event))),
            Event::Overtaken { .. } => p.mark("overtaken", 0, *at, &escape(&words(event))),
            Event::Discarded { .. } => p.mark("discard", 0, *at, &escape(&words(event))),
            Event::Exit { .. } => {
                marks += 1;
                if marks <= MAX_MARKS {
                    let lane = p.lane_of_exits();
                    p.mark("exit", lane, *at, &escape(&words(event)));
                }
            }
        }
    }
    for c in &report.collections {
        let mb = |bytes: usize| bytes as f64 / (1 << 20) as f64;
        let title = format!(
            "{} collection ({}): {:.1} MB to {:.1} MB, {}",
            c.kind.name(),
            c.reason.name(),
            mb(c.used.0),
            mb(c.used.1),
            time(c.pause)
        );
        let lane = p.lane_of_collections();
        p.bar("gc", lane, c.start, c.pause, &title);
    }
    p.axis();
    let height = p.y(p.lane_of_collections() + 1) + 18.0;
    format!(
        "<svg class=\"timeline\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"timeline\">{}</svg>",
        p.svg
    )
}

/// Name and place of a unit.
fn unit(unit: &Unit) -> String {
    let site = Site {
        block: unit.block.clone(),
        pc: unit.osr.unwrap_or(0),
    };
    let entry = if unit.osr.is_some() { ", a loop" } else { "" };
    format!("{}{entry}", place(&site))
}

fn place(site: &Site) -> String {
    let source = &site.block.source;
    let name = sarus_interp::tier::trace::name_of(&site.block);
    let at = source.line_column(match site.position() {
        Some(p) if site.pc != 0 => p.point,
        _ => site.block.span.start,
    });
    let file = source.name.rsplit('/').next().unwrap_or_default();
    format!("{name} ({file}:{})", at.line)
}

/// An event in words.
fn words(event: &Event) -> String {
    match event {
        Event::Compiled {
            unit: u,
            asked,
            start,
            time: took,
            result,
            ..
        } => match result {
            Ok(s) => format!(
                "compiled {}: {} instructions, {} calls inlined, {} bytes, {} exits, {} after waiting {}",
                unit(u),
                s.instructions,
                s.inlined.len(),
                s.bytes,
                s.exits,
                time(*took),
                time(start.saturating_duration_since(*asked))
            ),
            Err(why) => format!("declined {}: {why}, {}", unit(u), time(*took)),
        },
        Event::Installed { unit: u } => format!("installed {}", unit(u)),
        Event::Overtaken { unit: u } => {
            format!("not installed, overtaken by exits: {}", unit(u))
        }
        Event::Discarded { unit: u, why } => format!("discarded {}: {why}", unit(u)),
        Event::Exit {
            unit: u,
            reason,
            origin,
            throws,
            ..
        } => {
            let origin = origin.as_ref().map(place).unwrap_or_default();
            let thrown = if *throws { " with an exception" } else { "" };
            format!(
                "exit at {origin}: {}{thrown}, code of {}",
                reason.text(),
                unit(u)
            )
        }
    }
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Compiled { result: Ok(_), .. } => "compile",
        Event::Compiled { .. } => "declined",
        Event::Installed { .. } => "install",
        Event::Overtaken { .. } => "overtaken",
        Event::Discarded { .. } => "discard",
        Event::Exit { .. } => "exit",
    }
}

/// The events and collections as rows of a table, and how many are missing.
pub fn rows(report: &Report, run: &Run) -> (String, u64) {
    let mut all: Vec<(Instant, &'static str, String)> = report
        .events
        .iter()
        .map(|e| (e.at, kind(&e.event), words(&e.event)))
        .collect();
    all.extend(report.collections.iter().map(|c| {
        let (kind, reason) = (c.kind.name(), c.reason.name());
        let text = format!("{kind} collection ({reason}), {}", time(c.pause));
        (c.start, "gc", text)
    }));
    all.sort_by_key(|row| row.0);
    let missing = all.len().saturating_sub(MAX_ROWS) as u64 + report.dropped;
    let mut html = String::new();
    for (at, kind, text) in all.iter().take(MAX_ROWS) {
        let passed = at.saturating_duration_since(run.start);
        let _ = writeln!(
            html,
            "<tr class=\"e-{kind}\"><td class=\"num\">{}</td><td>{kind}</td><td>{}</td></tr>",
            time(passed),
            escape(text)
        );
    }
    (html, missing)
}
