//! Mutated programs: whatever the bytes, the parser returns, and every span lies in the source.

use sarus_parser::{Bump, Diagnostic, EvalContext, Goal, Options, parse, print_tokens};

const SEEDS: &[&str] = &[
    "class A extends B { #p = 1; static { this.#p; } get #q() { return super.x } constructor() { super(); } [k] = 1 }",
    "async function* f({ a, b: [c = 1, ...d] }, ...e) { for await (const x of y) yield* await z; }",
    "x = a ? b : c => ({ ...d, e, [f]: 1, get g() {}, async *h() {} }); y = `a${b}c${`d`}`; /re[/]\\u{1}/u.test(1e3);",
    "label: for (var i = 0, j; i < 10; i++) { if (a) continue label; else break; } switch (x) { case 1: default: }",
    "import a, { b as c } from 'd' with { type: 'json' }; export default class {} export { c as default2, a };",
    "try { throw 1 } catch ({ e }) { let x = 0b11n, y = '\\x41\\u{1F600}\\\n'; } finally { debugger }",
    "(a, b = 1, [c], { d = 2 } = {}) => a?.b?.[c]?.(d) ?? e; async (x) => await x; new.target; delete a.b, void 0",
    "var \\u0061b\\u{63} = 0o17, \u{3c0} = 08.5; // c\n/* m */ <!-- html\n--> end\nif (1) function f() {}",
    "with (o) { eval('x'); arguments; } ({ __proto__: null, 'a': 1, 2: 3, 4n: 5 }); [a, , ...b] = c; a **= b ||= c",
];

/// A small deterministic generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

#[test]
fn mutations_never_panic() {
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    let pieces: Vec<&[u8]> = vec![
        b"(",
        b")",
        b"{",
        b"}",
        b"[",
        b"]",
        b"=>",
        b"=",
        b",",
        b";",
        b"...",
        b"`",
        b"${",
        b"/",
        b"'",
        b"\"",
        b"\\",
        b"\\u{",
        b"await ",
        b"yield ",
        b"async ",
        b"static ",
        b"let ",
        b"using ",
        b"of ",
        b"in ",
        b"#x",
        b"?.",
        b"**",
        b"\xE2\x80\xA8",
        b"\xED\xA0\x80",
        b"\xFF",
        b"\n",
        b"*/",
        b"<!--",
        b"-->",
        b"0_",
        b"1n",
        b"super",
        b"new.target",
        b"import.meta",
        b"eval(",
    ];
    let mut arena = Bump::new();
    for round in 0..30_000 {
        let seed = SEEDS[random.below(SEEDS.len())];
        let mut source = seed.as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(source.len() + 1);
            match random.below(4) {
                0 => {
                    let end = (at + random.below(6)).min(source.len());
                    source.drain(at..end);
                }
                1 => {
                    let other = SEEDS[random.below(SEEDS.len())].as_bytes();
                    let from = random.below(other.len());
                    let to = (from + random.below(30)).min(other.len());
                    source.splice(at..at, other[from..to].iter().copied());
                }
                _ => {
                    let piece = pieces[random.below(pieces.len())];
                    source.splice(at..at, piece.iter().copied());
                }
            }
        }
        let goal = match round % 4 {
            0 => Goal::Script,
            1 => Goal::Module,
            2 => Goal::DynamicFunction,
            _ => Goal::Eval(EvalContext {
                strict: random.below(2) == 0,
                in_function: true,
                in_method: true,
                in_derived_constructor: true,
                in_class_field: random.below(2) == 0,
            }),
        };
        let options = Options {
            goal,
            ..Options::default()
        };
        arena.reset();
        if let Err(error) = parse(&arena, &source, &options) {
            check(&error, &source);
        }
        print_tokens(&source, goal);
    }
}

fn check(error: &Diagnostic, source: &[u8]) {
    let text = String::from_utf8_lossy(source);
    assert!(error.span.start as usize <= source.len(), "{text}");
    assert!(error.span.end as usize <= source.len() + 1, "{text}");
    assert!(!error.message.is_empty());
    assert!(!error.render("x.js", source).is_empty());
}
