//! The frontmatter of a test262 file.
//!
//! Reads the small part of YAML that the suite uses between `/*---` and `---*/`: top-level `key: value`
//! pairs, flow lists (also over several lines), block lists and the one nested mapping `negative`.
//! Never fails: what it does not understand it leaves out, so that an odd file still runs and shows up
//! as a failing test instead of stopping the run.

/// When an expected error has to occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// While parsing, or an early error.
    Parse,
    /// While resolving and linking modules.
    Resolution,
    /// While evaluating.
    Runtime,
}

impl Phase {
    /// The phase's name in frontmatter; `early` is the older spelling of `parse`.
    pub fn from_name(name: &str) -> Option<Phase> {
        match name {
            "parse" | "early" => Some(Phase::Parse),
            "resolution" => Some(Phase::Resolution),
            "runtime" => Some(Phase::Runtime),
            _ => None,
        }
    }

    /// The phase's name as frontmatter spells it.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Parse => "parse",
            Phase::Resolution => "resolution",
            Phase::Runtime => "runtime",
        }
    }
}

/// The error that a negative test expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negative {
    /// When the error occurs.
    pub phase: Phase,
    /// The name of the error's constructor.
    pub error: String,
}

/// The flags of a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Run in strict mode only.
    pub only_strict: bool,
    /// Run in sloppy mode only.
    pub no_strict: bool,
    /// Run as module code.
    pub module: bool,
    /// Run unmodified and without harness.
    pub raw: bool,
    /// Complete when `print` has been called with the outcome.
    pub is_async: bool,
    /// Run only in an agent whose \[\[CanBlock\]\] is false.
    pub can_block_is_false: bool,
}

/// What the frontmatter says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Harness files to evaluate before the test, in order.
    pub includes: Vec<String>,
    /// Feature tags.
    pub features: Vec<String>,
    /// How to run the test.
    pub flags: Flags,
    /// The expected error, if any.
    pub negative: Option<Negative>,
}

impl Metadata {
    /// Reads the frontmatter of `source`; a file without one has the default metadata.
    pub fn parse(source: &str) -> Metadata {
        let mut metadata = Metadata::default();
        let Some(block) = frontmatter(source) else {
            return metadata;
        };
        for (key, lines) in entries(block) {
            match key {
                "includes" => metadata.includes = list(&lines),
                "features" => metadata.features = list(&lines),
                "flags" => metadata.flags = flags(&list(&lines)),
                "negative" => metadata.negative = negative(&lines),
                _ => {}
            }
        }
        metadata
    }
}

/// The text between the frontmatter's delimiters.
fn frontmatter(source: &str) -> Option<&str> {
    let start = source.find("/*---")? + "/*---".len();
    let rest = source.get(start..)?;
    rest.get(..rest.find("---*/")?)
}

/// The top-level entries: each key with its value's lines, the first being what follows the colon.
///
/// Lines end with LF, CR or CRLF, as some tests are about line endings.
fn entries(block: &str) -> Vec<(&str, Vec<&str>)> {
    let mut entries: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in block.split(['\n', '\r']) {
        let indented = line.starts_with([' ', '\t', '-', '#']) || line.is_empty();
        match line.split_once(':') {
            Some((key, value)) if !indented && is_key(key) => {
                entries.push((key.trim_end(), vec![value]));
            }
            _ => {
                if let Some((_, lines)) = entries.last_mut() {
                    lines.push(line);
                }
            }
        }
    }
    entries
}

fn is_key(text: &str) -> bool {
    let text = text.trim_end();
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// The items of a flow list `[a, b]`, of a block list `- a`, or of a single scalar.
fn list(lines: &[&str]) -> Vec<String> {
    let mut items = Vec::new();
    for line in lines {
        let line = strip_comment(line).trim();
        let line = line.strip_prefix("- ").unwrap_or(line);
        for item in line.split(',') {
            let item = item
                .trim_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '"' | '\''));
            if !item.is_empty() && item != "-" {
                items.push(item.to_string());
            }
        }
    }
    items
}

/// Cuts a trailing ` # comment`.
fn strip_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    line.find(" #")
        .and_then(|at| line.get(..at))
        .unwrap_or(line)
}

fn flags(names: &[String]) -> Flags {
    let mut flags = Flags::default();
    for name in names {
        match name.as_str() {
            "onlyStrict" => flags.only_strict = true,
            "noStrict" => flags.no_strict = true,
            "module" => flags.module = true,
            "raw" => flags.raw = true,
            "async" => flags.is_async = true,
            "CanBlockIsFalse" => flags.can_block_is_false = true,
            // `generated`, `non-deterministic` and `CanBlockIsTrue` change nothing about how to run.
            _ => {}
        }
    }
    flags
}

/// The nested mapping, in block form or as `{phase: parse, type: SyntaxError}`.
fn negative(lines: &[&str]) -> Option<Negative> {
    let mut phase = None;
    let mut error = None;
    for line in lines {
        for pair in strip_comment(line).split(',') {
            let pair = pair.trim_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '}'));
            let Some((key, value)) = pair.split_once(':') else {
                continue;
            };
            match key.trim() {
                "phase" => phase = Phase::from_name(value.trim()),
                "type" => error = Some(value.trim().to_string()),
                _ => {}
            }
        }
    }
    Some(Negative {
        phase: phase?,
        error: error?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_flow_lists() {
        let m = Metadata::parse(
            "/*---\ninfo: |\n  flags: [raw]\nincludes: [a.js, b.js]\nflags: [onlyStrict, async]\nfeatures: [X,\n  Y.z]\n---*/",
        );
        assert_eq!(m.includes, ["a.js", "b.js"]);
        assert_eq!(m.features, ["X", "Y.z"]);
        assert_eq!(
            m.flags,
            Flags {
                only_strict: true,
                is_async: true,
                ..Flags::default()
            }
        );
        assert_eq!(m.negative, None);
    }

    #[test]
    fn reads_block_lists_and_negative() {
        let m = Metadata::parse(
            "// x\n/*---\r\nnegative:\r\n  phase: early\r\n  type: SyntaxError\r\nfeatures:\r\n  - A # why\r\n  - B\r\nflags:\r\n  - module\r\n---*/",
        );
        assert_eq!(
            m.negative,
            Some(Negative {
                phase: Phase::Parse,
                error: "SyntaxError".into()
            })
        );
        assert_eq!(m.features, ["A", "B"]);
        assert!(m.flags.module);
    }

    #[test]
    fn reads_carriage_return_line_endings() {
        let m = Metadata::parse(
            "/*---\rflags: [noStrict]\rnegative: {phase: runtime, type: Test262Error}\r---*/\r",
        );
        assert!(m.flags.no_strict);
        assert_eq!(
            m.negative,
            Some(Negative {
                phase: Phase::Runtime,
                error: "Test262Error".into()
            })
        );
    }

    #[test]
    fn tolerates_anything() {
        for source in [
            "",
            "/*---",
            "/*------*/",
            "/*---\n:\n- x\nflags\n---*/",
            "/*---\nnegative: x\n---*/",
        ] {
            assert_eq!(Metadata::parse(source), Metadata::default(), "{source:?}");
        }
    }
}
