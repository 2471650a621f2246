//! The options table of the `sarus` driver: one row per option drives parsing, `--help` and defaults.

use sarus_bytecode::{Feature, Features};
use sarus_runtime::tier::TierOptions;
use std::fmt::Write as _;

/// What the driver is to do.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The program file; `None` runs `eval` or standard input.
    pub file: Option<String>,
    /// Arguments for the program.
    pub args: Vec<String>,
    /// `-e`
    pub eval: Option<String>,
    /// `-p`: print the result of `eval`.
    pub print: bool,
    /// `--check`
    pub check: bool,
    /// `--module`: treat the input as an ES module.
    pub module: bool,
    /// `--stats`
    pub stats: bool,
    /// `--help`
    pub help: bool,
    /// `--version`
    pub version: bool,
    /// `--print-tokens`
    pub print_tokens: bool,
    /// `--print-ast`
    pub print_ast: bool,
    /// `--print-scopes`
    pub print_scopes: bool,
    /// `--print-bytecode`: a function name, or empty for all.
    pub print_bytecode: Option<String>,
    /// `--no-lazy`
    pub no_lazy: bool,
    /// `--trace-ic`
    pub trace_ic: bool,
    /// `--trace-gc`
    pub trace_gc: bool,
    /// `--gc`
    pub generations: sarus_gc::Generations,
    /// `--gc-stress`
    pub gc_stress: Option<u32>,
    /// `--gc-verify`
    pub gc_verify: bool,
    /// `--max-heap-size`, in MB.
    pub max_heap_size: Option<usize>,
    /// `--timeout`, in milliseconds.
    pub timeout: Option<u64>,
    /// `--stack-size`, in values.
    pub stack_size: Option<usize>,
    /// `--expose-gc`
    pub expose_gc: bool,
    /// `--test262-host`
    pub test262_host: bool,
    /// `--require`
    pub require: Vec<String>,
    /// `--conditions`
    pub conditions: Vec<String>,
    /// `--harmony` and the options of [`Feature`]'s table.
    pub features: Features,
    /// `--exit-coverage`
    pub exit_coverage: Option<String>,
    /// `--explain-output`
    pub explain_output: Option<String>,
    /// The optimizing tier.
    pub tier: TierOptions,
}

/// How an option takes its value.
enum Arg {
    /// No value.
    Flag(fn(&mut Options)),
    /// `--name=VALUE` or `--name VALUE`.
    Value(&'static str, fn(&mut Options, &str) -> Result<(), String>),
    /// `--name` or `--name=VALUE`.
    Optional(&'static str, fn(&mut Options, &str)),
}

struct Row {
    long: &'static str,
    short: &'static str,
    arg: Arg,
    help: &'static str,
}

const fn row(long: &'static str, short: &'static str, arg: Arg, help: &'static str) -> Row {
    Row {
        long,
        short,
        arg,
        help,
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("'{text}' is not a number this option accepts"))
}

static TABLE: &[Row] = &[
    row(
        "--eval",
        "-e",
        Arg::Value("CODE", |o, v| {
            o.eval = Some(v.into());
            Ok(())
        }),
        "run CODE",
    ),
    row(
        "--print",
        "-p",
        Arg::Value("CODE", |o, v| {
            o.eval = Some(v.into());
            o.print = true;
            Ok(())
        }),
        "run CODE and print its completion value",
    ),
    row(
        "--check",
        "-c",
        Arg::Flag(|o| o.check = true),
        "report syntax errors without running",
    ),
    row(
        "--module",
        "-m",
        Arg::Flag(|o| o.module = true),
        "treat the input as an ES module",
    ),
    row(
        "--require",
        "-r",
        Arg::Value("MODULE", |o, v| {
            o.require.push(v.into());
            Ok(())
        }),
        "load a CommonJS module first",
    ),
    row(
        "--conditions",
        "-C",
        Arg::Value("NAME", |o, v| {
            o.conditions.push(v.into());
            Ok(())
        }),
        "add a condition for package exports and imports",
    ),
    row(
        "--help",
        "-h",
        Arg::Flag(|o| o.help = true),
        "print this help",
    ),
    row(
        "--version",
        "-v",
        Arg::Flag(|o| o.version = true),
        "print the version",
    ),
    row(
        "--stats",
        "",
        Arg::Flag(|o| o.stats = true),
        "print sizes and times to standard error at the end",
    ),
    row(
        "--max-heap-size",
        "",
        Arg::Value("MB", |o, v| {
            o.max_heap_size = Some(number(v)?);
            Ok(())
        }),
        "stop the program when the heap exceeds MB megabytes",
    ),
    row(
        "--timeout",
        "",
        Arg::Value("MS", |o, v| {
            o.timeout = Some(number(v)?);
            Ok(())
        }),
        "stop the program after MS milliseconds, whatever it does",
    ),
    row(
        "--stack-size",
        "",
        Arg::Value("VALUES", |o, v| {
            o.stack_size = Some(number(v)?);
            Ok(())
        }),
        "size of the JavaScript stack in 8-byte values (default 16777216)",
    ),
    row(
        "--expose-gc",
        "",
        Arg::Flag(|o| o.expose_gc = true),
        "define the global function gc()",
    ),
    row(
        "--trace-gc",
        "",
        Arg::Flag(|o| o.trace_gc = true),
        "print a line per garbage collection",
    ),
    row(
        "--gc",
        "",
        Arg::Value("KIND", |o, v| {
            o.generations = match v {
                "full" => sarus_gc::Generations::Off,
                "auto" => sarus_gc::Generations::Auto,
                "generational" => sarus_gc::Generations::On,
                _ => return Err("--gc: auto, full or generational".into()),
            };
            Ok(())
        }),
        "auto (the default): new objects more often than old ones once the heap is large; generational: always; full: never",
    ),
    row(
        "--gc-stress",
        "",
        Arg::Value("N", |o, v| {
            o.gc_stress = Some(number::<u32>(v)?.max(1));
            Ok(())
        }),
        "collect garbage every N allocations",
    ),
    row(
        "--gc-verify",
        "",
        Arg::Flag(|o| o.gc_verify = true),
        "check the heap before and after each collection, and what minor ones mark",
    ),
    row(
        "--no-lazy",
        "",
        Arg::Flag(|o| o.no_lazy = true),
        "compile all functions when their source is loaded",
    ),
    row(
        "--trace-ic",
        "",
        Arg::Flag(|o| o.trace_ic = true),
        "print inline-cache transitions",
    ),
    row(
        "--jit",
        "",
        Arg::Flag(|o| o.tier.enabled = true),
        "compile hot functions",
    ),
    row(
        "--jitless",
        "",
        Arg::Flag(|o| o.tier.enabled = false),
        "never compile",
    ),
    row(
        "--jit-threads",
        "",
        Arg::Value("N", |o, v| {
            o.tier.threads = number(v)?;
            Ok(())
        }),
        "compile on N threads (default 1; 0: on the main thread)",
    ),
    row(
        "--jit-sync",
        "",
        Arg::Flag(|o| o.tier.sync = true),
        "wait for every compile",
    ),
    row(
        "--always-opt",
        "",
        Arg::Flag(|o| {
            o.tier.enabled = true;
            o.tier.always = true;
        }),
        "compile everything, regular expressions too, as soon as possible, and wait for it",
    ),
    row(
        "--stress-exits",
        "",
        Arg::Value("N", |o, v| {
            o.tier.stress_exits = number(v)?;
            Ok(())
        }),
        "let every Nth check of compiled code fail",
    ),
    row(
        "--stress-osr",
        "",
        Arg::Flag(|o| o.tier.stress_osr = true),
        "enter compiled loops at every opportunity",
    ),
    row(
        "--random-thresholds",
        "",
        Arg::Flag(|o| o.tier.random_thresholds = true),
        "compile after random budgets",
    ),
    row(
        "--seed",
        "",
        Arg::Value("N", |o, v| {
            o.tier.seed = number(v)?;
            Ok(())
        }),
        "where random budgets begin",
    ),
    row(
        "--no-inline",
        "",
        Arg::Flag(|o| o.tier.inline = false),
        "inline no calls",
    ),
    row(
        "--trace-opt",
        "",
        Arg::Flag(|o| o.tier.trace_opt = true),
        "print a line per compile",
    ),
    row(
        "--trace-deopt",
        "",
        Arg::Flag(|o| o.tier.trace_deopt = true),
        "print a line per exit from compiled code",
    ),
    row(
        "--explain",
        "",
        Arg::Flag(|o| o.tier.explain = true),
        "write a page that shows what the engine did with each line (FILE.explain.html)",
    ),
    row(
        "--explain-output",
        "",
        Arg::Value("PATH", |o, v| {
            o.tier.explain = true;
            o.explain_output = Some(v.into());
            Ok(())
        }),
        "write that page to PATH",
    ),
    row(
        "--exit-coverage",
        "",
        Arg::Value("FILE", |o, v| {
            o.exit_coverage = Some(v.into());
            Ok(())
        }),
        "add to FILE which exits were compiled in and which were taken",
    ),
    row(
        "--print-graph",
        "",
        Arg::Optional("PASS", |o, v| o.tier.add_print(v)),
        "print the graphs of compiled functions (after PASS)",
    ),
    row(
        "--print-clif",
        "",
        Arg::Flag(|o| o.tier.add_print("clif")),
        "print the code generator's input",
    ),
    row(
        "--print-asm",
        "",
        Arg::Flag(|o| o.tier.add_print("asm")),
        "print machine code",
    ),
    row(
        "--print-snapshot",
        "",
        Arg::Flag(|o| o.tier.print_snapshot = true),
        "print what the compiler is told",
    ),
    row(
        "--verify-graph",
        "",
        Arg::Flag(|o| o.tier.verify = true),
        "check graphs after every pass",
    ),
    row(
        "--perf-basic-prof",
        "",
        Arg::Flag(|o| o.tier.perf_map = true),
        "write /tmp/perf-PID.map for perf",
    ),
    row(
        "--print-tokens",
        "",
        Arg::Flag(|o| o.print_tokens = true),
        "print the tokens of the input and exit",
    ),
    row(
        "--print-ast",
        "",
        Arg::Flag(|o| o.print_ast = true),
        "print the syntax tree as ESTree JSON and exit",
    ),
    row(
        "--print-scopes",
        "",
        Arg::Flag(|o| o.print_scopes = true),
        "print the scopes of the input and exit",
    ),
    row(
        "--print-bytecode",
        "",
        Arg::Optional("NAME", |o, v| o.print_bytecode = Some(v.into())),
        "print the bytecode of the input (of functions named NAME) and exit",
    ),
    row(
        "--harmony",
        "",
        Arg::Flag(|o| o.features = Features::all()),
        "enable all language features of the list below",
    ),
    row(
        "--test262-host",
        "",
        Arg::Flag(|o| o.test262_host = true),
        "define $262 and print, as test262 asks",
    ),
];

/// Parses the command line (without the program name).
///
/// # Errors
/// A message for people when an option is unknown or its value is wrong.
pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        if arg == "--" {
            options.file = options.file.or_else(|| args.next());
            break;
        }
        if arg == "-" || !arg.starts_with('-') {
            if options.eval.is_some() {
                options.args.push(arg);
            } else {
                options.file = Some(arg);
            }
            break;
        }
        parse_option(&mut options, &arg, &mut args)?;
    }
    options.args.extend(args);
    Ok(options)
}

fn parse_option(
    options: &mut Options,
    arg: &str,
    args: &mut dyn Iterator<Item = String>,
) -> Result<(), String> {
    let (name, inline) = match arg.split_once('=') {
        Some((n, v)) if n.starts_with("--") => (n, Some(v.to_string())),
        _ => (arg, None),
    };
    // -pe is what people type for "print the result of".
    let name = if name == "-pe" { "-p" } else { name };
    if let Some(feature) = Feature::from_option(name) {
        if inline.is_some() {
            return Err(format!("option '{name}' takes no value"));
        }
        options.features.insert(feature);
        return Ok(());
    }
    let Some(row) = TABLE
        .iter()
        .find(|r| r.long == name || (!r.short.is_empty() && r.short == name))
    else {
        return Err(format!(
            "unknown option '{name}'; run 'sarus --help' for the list"
        ));
    };
    match (&row.arg, inline) {
        (Arg::Flag(set), None) => set(options),
        (Arg::Flag(_), Some(_)) => return Err(format!("option '{name}' takes no value")),
        (Arg::Optional(_, set), v) => set(options, v.as_deref().unwrap_or("")),
        (Arg::Value(what, set), v) => {
            let Some(v) = v.or_else(|| args.next()) else {
                return Err(format!("option '{name}' needs a value: {name}={what}"));
            };
            set(options, &v).map_err(|e| format!("option '{name}': {e}"))?;
        }
    }
    Ok(())
}

/// The text of `--help`.
pub fn help() -> String {
    let mut text = String::from(
        "Usage: sarus [options] FILE [arguments]\n       sarus [options] -e CODE [arguments]\n       sarus [options] < FILE\n\nOptions:\n",
    );
    for r in TABLE {
        let value = match r.arg {
            Arg::Flag(_) => String::new(),
            Arg::Value(what, _) => format!("={what}"),
            Arg::Optional(what, _) => format!("[={what}]"),
        };
        let short = if r.short.is_empty() {
            "    ".to_string()
        } else {
            format!("{}, ", r.short)
        };
        let _ = writeln!(
            text,
            "  {short}{:<24} {}",
            format!("{}{value}", r.long),
            r.help
        );
    }
    text.push_str("\nLanguage features that are off by default:\n");
    for feature in Feature::ALL {
        let _ = writeln!(text, "      {:<24} {}", feature.option(), feature.help());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_all(args: &[&str]) -> Result<Options, String> {
        parse(args.iter().map(|s| s.to_string()))
    }

    #[test]
    fn options_after_the_file_belong_to_the_program() {
        let o = parse_all(&["--trace-gc", "a.js", "--x", "-e"]).unwrap();
        assert!(o.trace_gc);
        assert_eq!(o.file.as_deref(), Some("a.js"));
        assert_eq!(o.args, ["--x", "-e"]);
    }

    #[test]
    fn values_and_errors() {
        assert_eq!(parse_all(&["--gc-stress=5"]).unwrap().gc_stress, Some(5));
        assert_eq!(
            parse_all(&["-pe", "1+1"]).unwrap().eval.as_deref(),
            Some("1+1")
        );
        assert!(parse_all(&["--nope"]).unwrap_err().contains("--nope"));
        assert!(
            parse_all(&["--gc-stress=x"])
                .unwrap_err()
                .contains("--gc-stress")
        );
    }

    #[test]
    fn features() {
        for &feature in Feature::ALL {
            let o = parse_all(&[feature.option()]).unwrap();
            assert_eq!(o.features, Features::NONE.with(feature));
            assert!(help().contains(feature.option()));
        }
        assert_eq!(parse_all(&["--harmony"]).unwrap().features, Features::all());
        assert!(parse_all(&["--harmony-tailcalls=1"]).is_err());
        assert!(parse_all(&["--harmony-nothing"]).is_err());
    }

    #[test]
    fn names_are_unique() {
        for (i, a) in TABLE.iter().enumerate() {
            assert!(Feature::from_option(a.long).is_none());
            assert!(
                TABLE[i + 1..]
                    .iter()
                    .all(|b| a.long != b.long && (a.short.is_empty() || a.short != b.short))
            );
        }
    }
}
