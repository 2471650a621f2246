//! `--explain`: what the page says, that nothing of the program leaks into its markup, and that a browser can show it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Names under which headless Chromium is found.
const BROWSERS: &[&str] = &[
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
];

fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain/main.mjs")
}

/// A file of this test alone.
fn page_path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("sarus-explain-{}-{name}.html", std::process::id()))
}

/// Runs the program; the page.
fn explain(name: &str, options: &[&str], arguments: &[&str]) -> (Output, String) {
    let path = page_path(name);
    let output = Command::new(env!("CARGO_BIN_EXE_sarus"))
        .args(["--jit", "--jit-sync"])
        .args(options)
        .arg(format!("--explain-output={}", path.display()))
        .arg(program())
        .args(arguments)
        .output()
        .expect("sarus starts");
    let page = std::fs::read_to_string(&path).expect("the page was written");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains(&path.display().to_string()), "{stderr}");
    let _ = std::fs::remove_file(&path);
    (output, page)
}

/// The markup of the line of a file that contains `text`, with what is said about it.
fn line<'p>(page: &'p str, text: &str) -> &'p str {
    let at = page
        .find(text)
        .unwrap_or_else(|| panic!("no line has {text}"));
    let start = page[..at].rfind("\n<d").expect("a line begins") + 1;
    let rest = &page[start..];
    &rest[..rest.find("\n<d").unwrap_or(rest.len())]
}

#[test]
fn lines_tell_what_happened() {
    let (output, page) = explain("plain", &[], &[]);
    assert!(output.status.success());
    // Both files, and the function that was never called.
    assert!(page.contains("main.mjs <small>") && page.contains("lib.mjs <small>"));
    assert!(line(&page, "function never()").contains("t-none"));
    // Shapes at a megamorphic load, names of them at a monomorphic one.
    let load = line(&page, "for (const o of list) total += o.a;");
    assert!(load.contains("b-mega") && load.contains("loop: "), "{load}");
    let add = line(&page, "add(o) {");
    assert!(add.contains("{x, y}: own property"), "{add}");
    // What was inlined, and the exits with their reason.
    let calls = line(&page, "v = v.add(");
    assert!(calls.contains("inlined, in the code of"), "{calls}");
    let multiply = line(&page, "return x * 2;");
    assert!(multiply.contains("exit: not "), "{multiply}");
    for word in [
        "installed",
        "compile",
        "Timeline",
        "Functions",
        "collections",
    ] {
        assert!(page.contains(word), "{word}");
    }
}

#[test]
fn the_page_needs_nothing_and_leaks_nothing() {
    let (_, page) = explain("self", &["--gc-stress=20000"], &[]);
    for outside in [" src=", "href=\"http", "url(", "@import", "//cdn"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("&lt;b id=&quot;injected&quot;&gt;tags&lt;/b&gt;"));
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("</script>").count(), 1);
    assert_eq!(page.matches("<b id=").count(), 0);
}

#[test]
fn programs_that_end_badly_are_explained() {
    let (output, page) = explain("exit", &[], &["exit"]);
    assert_eq!(output.status.code(), Some(7));
    assert!(page.contains("exit code 7"));
    let (output, page) = explain("throw", &[], &["throw"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(page.contains("on purpose") && page.contains("exit code 1"));
}

#[test]
fn counts_are_those_of_the_interpreter() {
    let (_, page) = explain("jitless", &["--jitless"], &[]);
    // 20,000 and 50 calls, and one per back edge.
    assert!(line(&page, "function exits(x)").contains("20,050 calls in the interpreter"));
    assert!(line(&page, "20000; i++").contains("20,000"));
    assert!(line(&page, "steps; i++").contains("100,000"));
}

fn browser() -> Option<&'static str> {
    let runs = |name: &&&str| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|o| o.status.success())
    };
    BROWSERS.iter().find(runs).copied()
}

#[test]
fn a_browser_shows_it() {
    let Some(browser) = browser() else {
        eprintln!("skipped: none of {BROWSERS:?} is on this machine");
        return;
    };
    let (_, page) = explain("browser", &[], &[]);
    let path = page_path("shown");
    std::fs::write(&path, &page).expect("it can be written");
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--timeout=20000",
        ])
        .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom"])
        .arg(format!("file://{}#functions", path.display()))
        .output()
        .expect("the browser starts");
    let _ = std::fs::remove_file(&path);
    let dom = String::from_utf8_lossy(&output.stdout);
    let lines = page.matches("<span class=\"n\">").count();
    assert!(lines > 30);
    // The script ran to its end and found every line; nothing of the program became markup.
    assert!(dom.contains("class=\"scripted\""), "{dom}");
    assert!(dom.contains(&format!("data-lines=\"{lines}\"")), "{dom}");
    assert!(!dom.contains("data-injected"));
    assert!(dom.contains("<svg class=\"timeline\"") && dom.contains("<rect class=\"compile\""));
}
