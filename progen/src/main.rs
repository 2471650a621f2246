//! Random programs.
//!
//! - `roundtrip [--count N] [--seed S] [--start I]` or `roundtrip FILE...`: prints and parses again.
//! - `print [--seed S] [--index I] [--count N] [--profile semantic|syntax]`: prints programs.
//! - `diff --engine-a CMD --engine-b CMD [--count N] [--seed S] [--start I] [--jobs 2] [--batch 100] [--timeout SECONDS]
//!   [--messages] [--no-shrink] [--max-findings 10] [--out FOLDER]`: compares engines, or an engine with itself in other modes.
//! - `fuzz --target lexer|parser|bytecode|regexp [--corpus FOLDER] [--seconds 60] [--seed S] [--out FOLDER]`: mutants of a corpus
//!   against a fuzz target, where libFuzzer is not at hand.

#![forbid(unsafe_code)]

use sarus_parser::{Bump, Features, Goal, Options, parse};
use sarus_progen::options::Arguments;
use sarus_progen::{diff, mutate, roundtrip, semantic, syntax, targets};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match words.split_first() {
        Some((command, rest)) => match command.as_str() {
            "print" => print(rest),
            "diff" => compare(rest),
            "fuzz" => fuzz(rest),
            "roundtrip" => roundtrips(rest),
            _ => Err(format!("no command '{command}'")),
        },
        None => Err("usage: sarus-progen print|diff|roundtrip|fuzz [options]".to_string()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("sarus-progen: {message}");
            ExitCode::from(2)
        }
    }
}

fn print(words: &[String]) -> Result<bool, String> {
    let mut arguments = Arguments::parse(words, &["messages", "verbose"])?;
    let seed = arguments.take("seed", 1)?;
    let index: u64 = arguments.take("index", 0)?;
    let count: u64 = arguments.take("count", 1)?;
    let messages = arguments.take("messages", false)?;
    let verbose = arguments.take("verbose", false)?;
    let profile = arguments.take("profile", String::from("semantic"))?;
    arguments.finish()?;
    if profile == "syntax" {
        for index in index..index.saturating_add(count) {
            println!("{}", syntax::program(seed, index));
        }
        return Ok(true);
    }
    let programs: Vec<String> = (index..index.saturating_add(count))
        .map(|index| semantic::program(seed, index))
        .collect();
    print!("{}", diff::file_of(&programs, messages, verbose));
    Ok(true)
}

fn compare(words: &[String]) -> Result<bool, String> {
    let mut arguments = Arguments::parse(words, &["messages", "no-shrink"])?;
    let mut engine = |name, default: &str| {
        arguments
            .take(name, default.to_string())
            .map(|text| diff::engine::Engine::parse(&text))
    };
    let config = diff::Config {
        engine_a: engine("engine-a", "./target/release/sarus --jitless")?,
        engine_b: engine("engine-b", "./target/release/sarus")?,
        count: arguments.take("count", 1_000)?,
        start: arguments.take("start", 0)?,
        seed: arguments.take("seed", 1)?,
        jobs: arguments.take("jobs", 2)?,
        batch: arguments.take("batch", 100)?,
        timeout: Duration::from_secs(arguments.take("timeout", 10)?),
        messages: arguments.take("messages", false)?,
        folder: PathBuf::from(arguments.take("out", "target/diff".to_string())?),
        max_findings: arguments.take("max-findings", 10)?,
        shrink: !arguments.take("no-shrink", false)?,
    };
    arguments.finish()?;
    let summary = diff::run(&config).map_err(|error| error.to_string())?;
    println!(
        "{} programs, {} differences, {} without an end in time",
        summary.programs,
        summary.findings.len(),
        summary.timeouts,
    );
    Ok(summary.findings.is_empty())
}

fn fuzz(words: &[String]) -> Result<bool, String> {
    let mut arguments = Arguments::parse(words, &[])?;
    let name = arguments.take("target", String::from("parser"))?;
    let corpus = arguments.take("corpus", format!("fuzz/corpus/{name}"))?;
    let seconds = arguments.take("seconds", 60)?;
    let seed = arguments.take("seed", 1)?;
    let folder = PathBuf::from(arguments.take("out", format!("target/fuzz/{name}"))?);
    arguments.finish()?;
    let Some((_, target)) = targets::TARGETS.iter().find(|(known, _)| *known == name) else {
        return Err(format!("no target '{name}'"));
    };
    let time = Duration::from_secs(seconds);
    let outcome = mutate::run(*target, Path::new(&corpus), seed, time)
        .map_err(|error| format!("{corpus}: {error}"))?;
    let Some(finding) = outcome.finding else {
        println!("{name}: {} inputs, no finding", outcome.inputs);
        return Ok(true);
    };
    let file = folder.join(format!("finding-{seed}-{}", outcome.inputs));
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&file, finding))
        .map_err(|error| error.to_string())?;
    println!("{name}: finding in {}", file.display());
    Ok(false)
}

fn roundtrips(words: &[String]) -> Result<bool, String> {
    if words.first().is_some_and(|word| !word.starts_with("--")) {
        return roundtrip_files(words);
    }
    let mut arguments = Arguments::parse(words, &[])?;
    let seed = arguments.take("seed", 1)?;
    let start: u64 = arguments.take("start", 0)?;
    let count: u64 = arguments.take("count", 2_000)?;
    arguments.finish()?;
    let (mut good, mut invalid) = (true, 0);
    for index in start..start.saturating_add(count) {
        let source = syntax::program(seed, index);
        let options = options_of(syntax::is_module(index));
        // A few come out with an early error; what matters is that they are few.
        if let Err(error) = parse(&Bump::new(), source.as_bytes(), &options) {
            println!("program {index} is not valid: {}", error.message);
            invalid += 1;
            continue;
        }
        if let Err(error) = roundtrip::check(source.as_bytes(), &options) {
            println!("program {index} of seed {seed}: {error}");
            good = false;
        }
    }
    println!("{count} programs, {invalid} of them not valid");
    Ok(good && invalid * 20 <= count)
}

fn options_of(module: bool) -> Options<'static> {
    let goal = if module { Goal::Module } else { Goal::Script };
    Options {
        goal,
        features: Features::all(),
        ..Options::default()
    }
}

fn roundtrip_files(words: &[String]) -> Result<bool, String> {
    let mut good = 0;
    for word in words {
        let source = std::fs::read(word).map_err(|error| format!("{word}: {error}"))?;
        let arena = Bump::new();
        let goals = [options_of(false), options_of(true)];
        let parses = |options: &&Options<'_>| parse(&arena, &source, options).is_ok();
        // Negative tests parse as neither.
        let Some(options) = goals.iter().find(parses) else {
            continue;
        };
        if let Err(error) = roundtrip::check(&source, options) {
            println!("{word}: {error}");
            return Ok(false);
        }
        good += 1;
    }
    println!("{good} files");
    Ok(true)
}
