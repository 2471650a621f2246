use sarus_parser::{Bump, Options, parse};
fn main() {
    for (open, mid, close) in [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("x=>(", "1", ")"),
        ("{", "", "}"),
        ("!", "x", ""),
        ("({a:", "1", "})"),
        ("a(", "", ")"),
        ("(function(){", "", "})()"),
        ("if(x)", "y", ""),
        ("x=>", "1", ""),
        ("(class{m(){", "", "}})"),
        ("(x)=>{", "", "}"),
        ("`${", "1", "}`"),
    ] {
        let (mut lo, mut hi) = (1usize, 20000usize);
        while lo + 1 < hi {
            let m = (lo + hi) / 2;
            let s = format!("{}{}{}", open.repeat(m), mid, close.repeat(m));
            let arena = Bump::new();
            let o = Options {
                max_depth: 1_000_000,
                ..Options::script()
            };
            if parse(&arena, s.as_bytes(), &o).is_ok() {
                lo = m
            } else {
                hi = m
            }
        }
        println!("{open:15} {lo} levels, {} bytes each", (1 << 20) / lo);
    }
}
