//! The command line: one table drives parsing and `--help`.

/// One option of the command line.
struct Opt {
    /// The name with its dashes.
    name: &'static str,
    /// What its value is called in the help text; empty for a switch.
    value: &'static str,
    /// The help text.
    help: &'static str,
}

const fn opt(name: &'static str, value: &'static str, help: &'static str) -> Opt {
    Opt { name, value, help }
}

#[rustfmt::skip]
const OPTIONS: &[Opt] = &[
    opt("--suite",               "PATH",     "checkout of tc39/test262 (default: target/test262, test262 or ../test262)"),
    opt("--filter",              "PATTERN",  "run tests whose path contains PATTERN or, with * or ?, matches it; repeatable"),
    opt("--exclude",             "PATTERN",  "leave such tests out; repeatable"),
    opt("--list",                "FILE",     "run the tests named in FILE, one path a line (what follows ` #` is ignored)"),
    opt("--feature",             "NAME",     "run tests with this feature tag; repeatable"),
    opt("--sample",              "FRACTION", "run a random part of the tests, between 0 and 1"),
    opt("--seed",                "N",        "seed of --sample (default: 1)"),
    opt("--shard",               "I/N",      "run part I of N, counted from 1"),
    opt("--jobs",                "N",        "worker processes (default: number of cores)"),
    opt("--timeout",             "SECONDS",  "limit per test and mode (default: 10)"),
    opt("--memory",              "MB",       "limit on a worker's private memory, 0 for none (default: 4096)"),
    opt("--recycle",             "N",        "replace a worker after N runs (default: 1000)"),
    opt("--mode",                "MODE",     "engine options joined by +: default, jitless, jit, always-opt, stress-exits=N, stress-osr, random-thresholds=SEED, gc-stress=N, gc-verify, generational, gc-full; or parse, compile: the front end alone"),
    opt("--engine",              "CMD",      "run another engine: CMD FILE or, for modules, CMD HARNESS --module FILE"),
    opt("--expectations",        "FILE",     "known failures (default: test262-runner/expectations.txt; none with --engine or a front-end mode)"),
    opt("--update-expectations", "",         "rewrite that file to match this run"),
    opt("--json",                "FILE",     "write the results as JSON"),
    opt("--html",                "FILE",     "write the results as a self-contained page"),
    opt("--exit-coverage",       "FILE",     "add to FILE which exits of compiled code were compiled in and which were taken"),
    opt("--depth",               "N",        "folder levels in the table by directory (default: 2)"),
    opt("--top",                 "N",        "show the N most frequent reasons of failures (default: 15)"),
    opt("--verbose",             "",         "print each test that does not pass as it ends"),
    opt("--worker",              "",         "serve tests on standard input (how the runner starts itself)"),
    opt("--help",                "",         "print this text"),
];

/// The options that were given, in order.
#[derive(Clone, Debug, Default)]
pub struct Options {
    given: Vec<(&'static str, String)>,
}

impl Options {
    /// Parses arguments; those that are not options are filters.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Options, String> {
        let mut given = Vec::new();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if !argument.starts_with('-') {
                given.push(("--filter", argument));
                continue;
            }
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (argument.as_str(), None),
            };
            let name = match name {
                "-v" => "--verbose",
                "-h" => "--help",
                name => name,
            };
            let option = OPTIONS
                .iter()
                .find(|o| o.name == name)
                .ok_or_else(|| format!("unknown option {name}"))?;
            let value = match (option.value.is_empty(), inline) {
                (true, Some(_)) => return Err(format!("{name} takes no value")),
                (true, None) => String::new(),
                (false, Some(value)) => value,
                (false, None) => arguments
                    .next()
                    .ok_or_else(|| format!("{name} needs a value"))?,
            };
            given.push((option.name, value));
        }
        Ok(Options { given })
    }

    /// Whether `name` was given.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The last value given for `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        debug_assert!(
            OPTIONS.iter().any(|o| o.name == name),
            "{name} is not in the table"
        );
        self.given
            .iter()
            .rev()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values given for `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.given
            .iter()
            .filter(move |(n, _)| *n == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of `name` as a number, or `default`.
    pub fn number<T: std::str::FromStr>(&self, name: &str, default: T) -> Result<T, String> {
        match self.get(name) {
            Some(text) => text
                .parse()
                .map_err(|_| format!("{name}: {text} is not a suitable number")),
            None => Ok(default),
        }
    }
}

/// The help text.
pub fn help() -> String {
    let mut text = "usage: test262-runner [OPTIONS] [PATTERN...]\n\n".to_string();
    for option in OPTIONS {
        let left = format!("{} {}", option.name, option.value);
        text.push_str(&format!("  {left:<26} {}\n", option.help));
    }
    text.push_str("\nexits with 0 if the run is as expected, 1 if not, 2 on wrong usage\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        Options::parse(arguments.iter().map(|s| s.to_string()))
    }

    #[test]
    fn values_and_patterns() {
        let options = parse(&["--jobs", "3", "Array", "--filter=x=y", "-v"]).unwrap();
        assert_eq!(options.number("--jobs", 1), Ok(3));
        assert_eq!(
            options.all("--filter").collect::<Vec<_>>(),
            ["Array", "x=y"]
        );
        assert!(options.has("--verbose"));
        assert!(!options.has("--help"));
    }

    #[test]
    fn mistakes() {
        assert!(parse(&["--nope"]).is_err());
        assert!(parse(&["--jobs"]).is_err());
        assert!(parse(&["--verbose=1"]).is_err());
        assert!(
            parse(&["--jobs", "x"])
                .unwrap()
                .number::<usize>("--jobs", 1)
                .is_err()
        );
    }

    #[test]
    fn help_lists_everything() {
        let text = help();
        assert!(OPTIONS.iter().all(|o| text.contains(o.name)));
    }
}
