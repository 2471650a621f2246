//! Deep and long sources: a clean error or success, on a small stack, in time linear in the length.

use sarus_parser::{Bump, Options, parse, print_scopes, to_estree_json};
use std::time::{Duration, Instant};

/// Stack of a worker thread.
const STACK: usize = 2 << 20;

fn on_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(test);
    let result = thread.expect("a thread").join();
    assert!(result.is_ok());
}

fn outcome(source: &str) -> Result<(), String> {
    let arena = Bump::new();
    let start = Instant::now();
    let result = parse(&arena, source.as_bytes(), &Options::script())
        .map(|parsed| {
            std::hint::black_box(print_scopes(&parsed).len());
            std::hint::black_box(to_estree_json(&parsed).len());
        })
        .map_err(|error| error.message);
    let limit = Duration::from_secs(20);
    assert!(start.elapsed() < limit, "too slow: {:.60}", source);
    result
}

#[test]
fn nesting_fails_cleanly() {
    on_small_stack(|| {
        let pairs = [
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("a(", ")"),
            ("a[", "]"),
            ("({a:", "})"),
            ("x=>", "x"),
            ("(x)=>{", "}"),
            ("async x=>", "x"),
            ("function f(){", "}"),
            ("(function(){", "})"),
            ("class A extends ", "{}"),
            ("(class{x=", "})"),
            ("!", "x"),
            ("- ", "x"),
            ("typeof ", "x"),
            ("new ", "x"),
            ("a=", "b"),
            ("a**", "b"),
            ("if(x)", "y"),
            ("for(;;)", "y"),
            ("while(x)", "y"),
            ("with(x)", "y"),
            ("try{", "}finally{}"),
            ("switch(x){case 1:", "}"),
            ("`${", "}`"),
            ("[...", "]"),
            ("a?b:(", ")"),
            ("[a=", "]=[]"),
            ("({a=", "})"),
            ("do ", ";while(0)"),
        ];
        for (open, close) in pairs {
            let count = 200_000;
            let source = format!("{}{}", open.repeat(count), close.repeat(count));
            assert_eq!(
                outcome(&source),
                Err(String::from("Source is nested too deeply")),
                "{open}"
            );
        }
        let open_only = "[".repeat(200_000);
        assert_eq!(
            outcome(&open_only),
            Err(String::from("Source is nested too deeply"))
        );
        let labels: String = (0..200_000).map(|index| format!("l{index}:")).collect();
        assert!(outcome(&labels).is_err());
    });
}

#[test]
fn moderate_nesting_parses() {
    on_small_stack(|| {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("x=>(", ")"),
            ("{", "}"),
            ("!", "x"),
        ] {
            let source = format!("{}{}", open.repeat(300), close.repeat(300));
            let source = if open == "(" || open == "x=>(" {
                format!("{}1{}", open.repeat(300), close.repeat(300))
            } else {
                source
            };
            assert_eq!(outcome(&source), Ok(()), "{open}");
        }
    });
}

#[test]
fn long_chains_parse() {
    on_small_stack(|| {
        let count = 100_000;
        let sources = [
            format!("1{}", "+1".repeat(count)),
            format!("a{}", "&&a".repeat(count)),
            format!("a{}", "??a".repeat(count)),
            format!("a{}", ".b".repeat(count)),
            format!("a{}", "?.b".repeat(count)),
            format!("a{}", "[0]".repeat(count)),
            format!("a{}", "()".repeat(count)),
            format!("a{}", "`x`".repeat(count)),
            format!("a{}", ".b()".repeat(count)),
            format!("a{}", ",a".repeat(count)),
            format!("a{}", "+`x${y}`".repeat(count)),
            format!("{}z", "a?b:".repeat(count)),
            format!("{};", "if(a)b;else ".repeat(count)),
            "a;".repeat(count),
            format!("[{}]", "a,".repeat(count)),
            format!("({{{}}})", "a:1,".repeat(count)),
            format!("f({})", "a,".repeat(count)),
            format!(
                "({})=>1",
                (0..count).map(|i| format!("a{i},")).collect::<String>()
            ),
            (0..count).map(|i| format!("let a{i};")).collect(),
            (0..count).map(|i| format!("{{var a{i};}}")).collect(),
            (0..count)
                .map(|i| format!("{{function f{i}(){{}}}}"))
                .collect(),
            format!("switch(a){{{}}}", "case 1:".repeat(count)),
            format!("`{}`", "${a}".repeat(count)),
            format!("class A{{{}}}", "static x=1;".repeat(count)),
            format!(
                "class A{{{}}}",
                (0..count).map(|i| format!("#a{i};")).collect::<String>()
            ),
        ];
        for source in sources {
            assert_eq!(outcome(&source), Ok(()), "{:.40}", source);
        }
    });
}
