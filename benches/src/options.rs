//! The command line: one table drives parsing and the help text.

/// One option.
struct Opt {
    name: &'static str,
    value: &'static str,
    help: &'static str,
}

const fn opt(name: &'static str, value: &'static str, help: &'static str) -> Opt {
    Opt { name, value, help }
}

#[rustfmt::skip]
const OPTIONS: &[Opt] = &[
    opt("--engine",   "CMD",     "an engine's command line; repeatable, ratios are relative to the first (default: node)"),
    opt("--filter",   "TEXT",    "programs whose name contains TEXT; repeatable"),
    opt("--programs", "FOLDER",  "the folder of programs (default: benches/macro)"),
    opt("--runs",     "N",       "measured rounds (default: 5; startup: 20)"),
    opt("--timeout",  "SECONDS", "limit per run (default: 120)"),
    opt("--json",     "FILE",    "write all measurements as JSON"),
    opt("--markdown", "FILE",    "write the table as Markdown"),
    opt("--html",     "FILE",    "write a self-contained page with plots"),
];

#[rustfmt::skip]
const COMMANDS: &[(&str, &str)] = &[
    ("compare", "run the macro programs with each engine in alternation and compare times and outputs"),
    ("startup", "compare wall time and largest resident set of an empty script"),
];

/// A parsed command line.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The command's name.
    pub command: String,
    given: Vec<(&'static str, String)>,
}

impl Options {
    /// Parses arguments; `Ok(None)` asks for the help text.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Option<Options>, String> {
        let mut options = Options::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if argument == "--help" || argument == "-h" {
                return Ok(None);
            }
            if !argument.starts_with('-') {
                if !options.command.is_empty() {
                    return Err(format!("unexpected argument {argument}"));
                }
                if !COMMANDS.iter().any(|(name, _)| *name == argument) {
                    return Err(format!("unknown command {argument}"));
                }
                options.command = argument;
                continue;
            }
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (argument.as_str(), None),
            };
            let option = OPTIONS
                .iter()
                .find(|o| o.name == name)
                .ok_or_else(|| format!("unknown option {name}"))?;
            let value = inline
                .or_else(|| arguments.next())
                .ok_or_else(|| format!("{name} needs a value"))?;
            options.given.push((option.name, value));
        }
        Ok(if options.command.is_empty() {
            None
        } else {
            Some(options)
        })
    }

    /// The last value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.given
            .iter()
            .rev()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        debug_assert!(
            OPTIONS.iter().any(|o| o.name == name),
            "{name} is not in the table"
        );
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
    let mut text = "usage: sarus-benches COMMAND [OPTIONS]\n\n".to_string();
    for (name, help) in COMMANDS {
        text.push_str(&format!("  {name:<20} {help}\n"));
    }
    text.push('\n');
    for option in OPTIONS {
        let left = format!("{} {}", option.name, option.value);
        text.push_str(&format!("  {left:<20} {}\n", option.help));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses() {
        let parse = |text: &str| Options::parse(text.split(' ').map(str::to_string));
        let options = parse("compare --engine a --engine=b --runs 3")
            .unwrap()
            .unwrap();
        assert_eq!(options.command, "compare");
        assert_eq!(options.all("--engine").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(options.number("--runs", 5), Ok(3));
        assert!(parse("compare --nope").is_err());
        assert!(parse("compare --runs").is_err());
        assert!(parse("fly").is_err());
        assert!(parse("--help").unwrap().is_none());
        assert!(help().contains("--markdown"));
    }
}
