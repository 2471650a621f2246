//! Dumps what the parser makes of a file: `cargo run -p sarus-parser --example dump -- tokens|ast|scopes file.js`.

use sarus_parser::{Bump, Goal, Options, parse, print_scopes, print_tokens, to_estree_json};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let file = arguments.next().unwrap_or_default();
    let Ok(source) = std::fs::read(&file) else {
        eprintln!("cannot read {file}");
        std::process::exit(2);
    };
    let goal = if file.ends_with(".mjs") {
        Goal::Module
    } else {
        Goal::Script
    };
    if what == "tokens" {
        print!("{}", print_tokens(&source, goal));
        return;
    }
    let arena = Bump::new();
    let options = Options {
        goal,
        ..Options::default()
    };
    match parse(&arena, &source, &options) {
        Ok(parsed) if what == "ast" => println!("{}", to_estree_json(&parsed)),
        Ok(parsed) => print!("{}", print_scopes(&parsed)),
        Err(error) => {
            print!("{}", error.render(&file, &source));
            std::process::exit(1);
        }
    }
}
