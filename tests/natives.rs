//! `--allow-natives-syntax`: each program of `tests/natives/` prints what stands in the file beside it.
//!
//! `SARUS_UPDATE=1` rewrites those files.

use std::path::Path;
use std::process::{Command, Output};

fn sarus(options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sarus"))
        .args(options)
        .output()
        .expect("sarus starts")
}

/// What a program with natives prints, compiled by the tier.
fn print(code: &str) -> String {
    let output = sarus(&["--jit", "--allow-natives-syntax", "-e", code]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    // The message is what matters of an error.
    let message = errors.lines().find(|l| l.contains("Error: "));
    text + message.unwrap_or_default()
}

/// Addresses and numbers of shapes differ from run to run.
fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(i) = rest.find("0x").into_iter().chain(rest.find('#')).min() {
        let prefix = if rest[i..].starts_with("0x") { 2 } else { 1 };
        let digits = |c: char| !c.is_ascii_hexdigit();
        let end = rest[i + prefix..]
            .find(digits)
            .map_or(rest.len(), |n| i + prefix + n);
        out.push_str(&rest[..i + prefix]);
        out.push('_');
        rest = &rest[end..];
    }
    out + rest
}

#[test]
fn programs_print_what_they_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/natives");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder)
        .expect("the folder is there")
        .flatten()
    {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "js") {
            continue;
        }
        count += 1;
        let file = path.to_string_lossy();
        let output = sarus(&["--jit", "--allow-natives-syntax", &file]);
        let text = masked(&String::from_utf8_lossy(&output.stdout));
        let expected = path.with_extension("out");
        if std::env::var_os("SARUS_UPDATE").is_some() {
            std::fs::write(&expected, &text).expect("it can be written");
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{file}: {stderr}");
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(text, expected, "{file}");
    }
    assert!(count >= 3);
}

#[test]
fn without_the_option_it_is_a_syntax_error() {
    let output = sarus(&["-e", "var a = %GetOptimizationStatus(print)"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("SyntaxError: Unexpected token '%'"), "{text}");
    // All proposals together do not enable it.
    let output = sarus(&["--harmony", "-e", "%CollectGarbage(1)"]);
    assert!(!output.status.success());
    assert_eq!(
        print("console.log(7 %3, '%CollectGarbage' in globalThis)"),
        "1 true\n"
    );
}

#[test]
fn wrong_calls_are_early_errors() {
    let error = |code: &str| print(&format!("console.log('ran'); {code}"));
    assert_eq!(error("%Nothing()"), "SyntaxError: Nothing is not defined");
    assert_eq!(
        error("%GetOptimizationStatus()"),
        "SyntaxError: Runtime function given wrong number of arguments"
    );
    assert_eq!(
        error("%DebugPrint(...[1])"),
        "SyntaxError: Intrinsic calls do not support spread arguments"
    );
    assert_eq!(
        error("var x = %OptimizeOsr;"),
        "SyntaxError: Unexpected token ';'"
    );
    assert_eq!(error("%5()"), "SyntaxError: Unexpected number");
}
