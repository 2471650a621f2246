//! Measures lexing, parsing, early errors and scope analysis of files, in megabytes per second.
//!
//! `cargo run --profile fast -p sarus-parser --example throughput -- file.js [repetitions]`

use sarus_parser::{Bump, Options, parse};
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().unwrap_or_default();
    let repetitions: u32 = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    let source = std::fs::read(&file).unwrap_or_default();
    let options = if file.ends_with(".mjs") {
        Options::module()
    } else {
        Options::script()
    };
    let mut arena = Bump::new();
    let mut times = Vec::new();
    for _ in 0..repetitions {
        arena.reset();
        let start = Instant::now();
        match parse(&arena, &source, &options) {
            Ok(parsed) => {
                times.push(start.elapsed().as_secs_f64());
                std::hint::black_box(parsed.function_count);
            }
            Err(error) => {
                print!("{}", error.render(&file, &source));
                return;
            }
        }
    }
    times.sort_by(f64::total_cmp);
    let megabytes = source.len() as f64 / 1e6;
    println!(
        "{file}: {megabytes:.2} MB, best {:.1} MB/s, median {:.1} MB/s, arena {:.1} MB",
        megabytes / times[0],
        megabytes / times[times.len() / 2],
        arena.allocated_bytes() as f64 / 1e6,
    );
}
