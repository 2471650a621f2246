use sarus_parser::{Bump, Options, parse};
fn main() {
    let file = std::env::args().nth(1).unwrap();
    let data = std::fs::read(file).unwrap();
    let mut arena = Bump::new();
    for src in data.split(|b| *b == 0) {
        arena.reset();
        match parse(&arena, src, &Options::script()) {
            Ok(_) => println!("OK"),
            Err(e) => println!("{}", e.message.replace('\n', " ")),
        }
    }
}
